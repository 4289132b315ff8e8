"""Whom or what a petition is against: the accused, the body whose decision is contested, the other side."""

from __future__ import annotations

import re
from collections import Counter

from nlp.petitions.intake.party_look import Look, Party, is_witness, make_party, party_words
from nlp.petitions.intake.rules import word_set
from nlp.text.entities.lexicon import tone_key
from nlp.text.entities.types import Entity

# A petition names a few bodies; a text with more of them is a list, and only its first ones are weighed.
MOST = 60


def find_respondents(look: Look, senders: list[Party], petition_type: str | None) -> list[Party]:
    mine = {n.value.split()[-1] for n in look.names for p in senders if n.start == p.start}
    own = {(p.start, p.end) for p in senders}
    others = [n for n in look.names if n.value.split()[-1] not in mine and not is_witness(look, n)]
    found: dict[str, Party] = {}

    def add(entity: Entity, how: str, score: float) -> None:
        value = entity.value.split()
        same = next((k for k in found if k.split()[-1:] == value[-1:]), None) if entity.kind == "ho_ten" else None
        if (entity.start, entity.end) not in own and (same or entity.value) not in found:
            full = next(
                (
                    n
                    for n in look.names
                    if len(n.value.split()) > len(value) and n.value.split()[-len(value) :] == value
                ),
                entity,
            )
            found[full.value] = make_party("nguoi_bi", full if entity.kind == "ho_ten" else entity, how, score, look)

    for entity in [*others, *look.offices]:
        if look.cued(entity, party_words("respondent_before")):
            add(entity, "loi_dan", 0.95)
    for i in range(len(look.keys)):
        size = party_words("accuse").at(look.keys, i, look.view.accented)
        if size and not _only_named(look, i):
            target = _target(look, i + size, others) or _pointed(look, i + size, others)
            while target:
                add(target, "to_cao_khieu_nai", 0.85)
                target = _listed_after(look, target, others)
    if not found:
        for i in range(len(look.keys)):
            size = party_words("punish").at(look.keys, i, look.view.accented)
            target = _target(look, i + size, others, window=34, people_only=True) if size else None
            if target:
                add(target, "de_nghi_xu_ly", 0.75)
    for office in look.offices[:MOST]:
        if _decided(look, office, petition_type):
            add(office, "ra_van_ban", 0.7)
    if not found and petition_type in ("to_cao", "hon_hop"):
        titled = [
            e
            for e in [*others, *look.offices]
            if re.search(r"(?:v/v|về việc|việc)\s\W*(?:ông |bà )?\Z", look.before(e, 16).lower())
        ]
        for entity in titled[:1]:
            add(entity, "trich_yeu", 0.65)
    if not found and petition_type == "kien_nghi_phan_anh" and others and _dispute(look):
        counts = Counter(n.value.split()[-1] for n in others)
        last, times = counts.most_common(1)[0]
        if len(counts) == 1 or times > 1:
            add(next(n for n in others if n.value.split()[-1] == last), "ben_kia", 0.55)
    if not found and petition_type in ("to_cao", "hon_hop") and others:
        most = Counter(n.value.split()[-1] for n in others).most_common(1)[0][0]
        add(next(n for n in others if n.value.split()[-1] == most), "nhac_nhieu_nhat", 0.55)
    return list(found.values())


def _listed_after(look: Look, entity: Entity, people: list[Entity]) -> Entity | None:
    """The next person or office of a list: "tố cáo ông A, trưởng thôn, và bà B"."""
    following = [e for e in [*people, *look.offices] if entity.end < e.start <= entity.end + 40]
    nearest = min(following, key=lambda e: e.start, default=None)
    if nearest is None:
        return None
    between = look.view.text[entity.end : nearest.start]
    joined = re.fullmatch(r"(?:,[^,.;\n]{1,28},?)?\s(?:và|cùng)\s(?:[^\W\d]+\s){0,3}|,\s(?:ông|bà|anh|chị)\s", between)
    return nearest if joined else None


def _pointed(look: Look, i: int, people: list[Entity]) -> Entity | None:
    """Whom "công ty này", "ông ấy" after an accusation points back to: the nearest named before."""
    if i >= len(look.view.tokens):
        return None
    head = look.view.tokens[i].folded
    if not party_words("pointing").at(look.keys, i, look.view.accented):
        # "tố cáo Cty xả trộm": the firm was named before.
        firms = [o for o in look.offices if o.end <= look.view.tokens[i].start and o.value.split()[0] == head]
        return firms[0] if firms and head in ("cong", "cty", "nha", "co", "xuong", "trai", "htx") else None
    firm = head in ("cong", "co", "quan", "xuong", "trai")
    before = [e for e in (look.offices if firm else people) if e.end <= look.view.tokens[i].start]
    return max(before, key=lambda e: e.start, default=None)


def _dispute(look: Look) -> bool:
    return word_set("parties.yaml", "disputes").first(look.keys, look.view.accented) is not None


def _only_named(look: Look, i: int) -> bool:
    """Whether the word is part of a title or of who writes: "đơn tố cáo", "người khiếu nại", "luật tố cáo"."""
    before = look.keys[i - 1] if i else ""
    if look.view.tokens[i].folded == "thua" and look.view.tokens[i - 1].folded not in (
        "toi",
        "tui",
        "con",
        "em",
        "chau",
        "giay",
    ):
        return True
    return before in _TITLE_KEYS[look.view.accented] or (before in _WRITER_KEYS[look.view.accented] and i > 0)


_TITLE_KEYS = {
    True: frozenset(tone_key(w) for w in ("đơn", "luật", "thư", "bị", "việc")),
    False: frozenset(("don", "luat", "thu", "bi")),
}
_WRITER_KEYS = {True: frozenset((tone_key("người"),)), False: frozenset(("nguoi",))}


def _target(look: Look, i: int, people: list[Entity], *, window: int = 60, people_only: bool = False) -> Entity | None:
    """The person or office named soon after position `i`, within the sentence."""
    if i >= len(look.view.tokens):
        return None
    start = look.view.tokens[i].start
    stop = re.compile(r"[.;!?\n]").search(look.view.text, start, start + window)
    limit = stop.start() if stop else start + window
    near = [e for e in people if start <= e.start < limit]
    if not people_only:
        near += [
            o
            for o in look.offices
            if start <= o.start < limit and (not near or o.end < min(n.start for n in near) - 30)
        ]
    return min(near, key=lambda e: (e.kind != "ho_ten", e.start), default=None)


def _decided(look: Look, office: Entity, petition_type: str | None) -> bool:
    """Whether an office did what is contested: it issued, refused, fined … or the document is said to be its own."""
    after, before = look.after(office, 36).lower(), look.before(office, 60).lower()
    contested = petition_type == "khieu_nai" or re.search(
        r"không đồng ý|khiếu nại|không phục|không chấp nhận|không nhất trí|không nhận|phản đối|ko đồng ý|trái "
        r"luật|huỷ|hủy|khong dong y",
        look.view.text,
        re.IGNORECASE,
    )
    if not contested or re.search(
        r"(?:kính gửi|gửi|gởi|thưa|lên|tới|đến|chuyển|đề nghị|nhờ|mong|yêu cầu|xin)\W*(?:[^\W\d]+\s){0,3}\Z", before
    ):
        return False
    i = look.token_after(office.end)
    acts = (
        i is not None
        and bool(party_words("decided").at(look.keys, i, look.view.accented))
        and len(look.view.gap(i)) <= 2
    )
    own = bool(
        re.search(
            r"(?:quyết định|công văn|thông báo|văn bản|kết luận|phiếu|giấy|bản án|biên bản|vb|qđ|tb|cách tính|"
            r"phương án|kết quả)[^.;\n]{0,44} của (?:[^\W\d]+ ){0,4}\Z",
            before,
        )
    )
    return own or (acts and bool(after))
