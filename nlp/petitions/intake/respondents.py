"""Whom or what a petition is against: the accused, the body whose decision is contested, the other side."""

from __future__ import annotations

import re
from collections import Counter

from nlp.petitions.intake.decisions import decided
from nlp.petitions.intake.party_look import Look, Party, in_quotes, is_witness, make_party, party_words
from nlp.petitions.intake.routing_rules import OFFICIAL, official_posts, respondent_kind
from nlp.petitions.intake.rules import word_set
from nlp.text.entities.lexicon import tone_key
from nlp.text.entities.types import Entity

_LISTED = re.compile(r"(?:,[^,.;\n]{1,28},?)?\s(?:và|cùng|va)\s(?:[^\W\d]+\s){0,3}|,\s(?:ông|bà|anh|chị)\s")
# A post between two names: "ông A - Trưởng Công an phường B và ông C".
_POST_BETWEEN = re.compile(
    r"(?:\s?[,\-–(]?\s?[^.;\n]{1,60}?[,)]?)?\s(?:và|cùng|cùng với|với|va)\s(?:ông|bà|anh|chị|cô|đồng chí|đ/c|ong|ba)\s",
    re.IGNORECASE,
)
_DOES = re.compile(r"(?<!\w)(?:đã|của|lấn|nhận|thu|bán|lấy|cho|chiếm|đánh|tôi|nhà|xây|đòi)(?!\w)", re.IGNORECASE)
# Asking follows the accusation, or says to whom it is made: "tố cáo lừa đảo, mời công an phường lên".
_ASKS_NEXT = re.compile(
    r"(?<!\w)(?:đề nghị|mời|nhờ|mong|yêu cầu|kính|gửi|gởi|xin|lên|tới|đến|báo|trước|de nghi|moi|nho|yeu cau|gui|xin|"
    r"bao)(?!\w)",
    re.IGNORECASE,
)
# A waterway, a neighbour's house or a helper of that name is no party; nor are the writer's own relatives.
_BYSTANDER = re.compile(
    r"(?:(?<!\w)(?:kinh|kênh|rạch|sông|suối|cầu|chợ|hồ|đập|chòi|cống|công ty|đại lý|cty|nhờ|gửi|gởi|thưa|chào|"
    r"(?:gần|cạnh|trước|sau|bên|kế|sát|đối diện|giáp)(?: nhà)?)(?:\s(?:ông|bà|anh|chị|cô|chú|bác|cụ))?|"
    r"(?:mẹ|bố|cha|ba|má|vợ|chồng|con|em|anh|chị|ông|bà|cháu)(?: trai| gái| ruột| dâu| rể| nội| ngoại)? "
    r"(?:tôi|tui|em|con|mình)(?: là| tên| tên là)?[\s,(]{1,3}(?:ông|bà|cụ|anh|chị)?)\s?\Z",
    re.IGNORECASE,
)
# Words after an accusation within which a post is its object.
POST_WITHIN = 6
_WRITTEN_TO = re.compile(
    r"(?:kính|gửi|gởi|thưa|trình|đề nghị|nhờ|mời|mong|xin|báo|lên|kinh|gui|thua|trinh|de nghi|nho|moi)(?!\w)[^.;!?]*\Z|"
    r"(?<!\w)(?:không có|tên|tôi là|làm|học|chứng chỉ)\s\Z",
    re.IGNORECASE,
)
# A petition names a few bodies; a text with more of them is a list, and only its first ones are weighed.
MOST = 60


def find_respondents(look: Look, senders: list[Party], petition_type: str | None) -> list[Party]:
    mine = {n.value.split()[-1] for n in look.names for p in senders if n.start == p.start}
    own = {(p.start, p.end) for p in senders}
    named = [n for n in look.names if n.value.split()[-1] not in mine]
    others = [n for n in named if not is_witness(look, n)]
    found: dict[str, Party] = {}

    def add(entity: Entity, how: str, score: float) -> None:
        value = entity.value.split()
        same = next((k for k in found if k.split()[-1:] == value[-1:]), None) if entity.kind == "ho_ten" else None
        if entity.kind == "co_quan" and (entity.start, entity.end) not in own:
            party = make_party("nguoi_bi", entity, how, score, look)
            name = look.view.folded[party.start : party.end]
            shorter = next((k for k, p in found.items() if p.kind == "co_quan" and _one_office(k, name)), None)
            if shorter is None or len(shorter) < len(name):
                found.pop(shorter or "", None)
                found[name] = party
            return
        if entity.kind == "chuc_vu":
            found.setdefault(entity.value, make_party("nguoi_bi", entity, how, score, look))
            return
        if (entity.start, entity.end) not in own and (same or entity.value) not in found:
            full = next(
                (
                    n
                    for n in look.names
                    if len(n.value.split()) > len(value) and n.value.split()[-len(value) :] == value
                ),
                entity,
            )
            found[full.value] = make_party("nguoi_bi", full, how, score, look)

    for entity in [*named, *look.offices]:
        if look.cued(entity, party_words("respondent_before")):
            add(entity, "loi_dan", 0.95)
    for i in range(len(look.keys)):
        size = party_words("accuse").at(look.keys, i, look.view.accented)
        # Without accents kiện, kiến and tố, to look alike.
        if size and (size > 1 or look.view.accented) and not _only_named(look, i):
            target = (
                _target(look, i + size, named)
                or (_post(look, i + size, i + size + POST_WITHIN) if petition_type != "kien_nghi_phan_anh" else None)
                or _pointed(look, i + size, others)
            )
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
        if decided(look, office, petition_type):
            add(office, "ra_van_ban", 0.7)
    if not found and petition_type in ("to_cao", "hon_hop"):
        titled = [
            e
            for e in [*others, *look.offices]
            if re.search(r"(?:v/v|về việc|việc)\s\W*(?:ông |bà )?\Z", look.before(e, 16).lower())
        ]
        for entity in titled[:1]:
            add(entity, "trich_yeu", 0.65)
    others = [n for n in others if not _bystander(look, n)]
    if not found and petition_type == "kien_nghi_phan_anh" and others and _dispute(look):
        counts = Counter(n.value.split()[-1] for n in others)
        last, times = counts.most_common(1)[0]
        if len(counts) == 1 or times > 1:
            add(next(n for n in others if n.value.split()[-1] == last), "ben_kia", 0.55)
    if not found and petition_type in ("to_cao", "hon_hop") and others:
        named_most = Counter(n.value.split()[-1] for n in others)
        most = max(others, key=lambda n: (named_most[n.value.split()[-1]], _holds_office(look, n), -n.start))
        add(next(n for n in others if n.value.split()[-1] == most.value.split()[-1]), "nhac_nhieu_nhat", 0.55)
    if not found and petition_type == "to_cao":
        post = _post(look, 0, len(look.keys))
        if post:
            add(post, "chuc_vu", 0.5)
    return _without_repeats(look, list(found.values()), named)


def _without_repeats(look: Look, found: list[Party], others: list[Entity]) -> list[Party]:
    """Leave out a bare post that is told of somebody by name; only the headline may say the post first."""
    out: list[Party] = []
    people = [p for p in found if _is_name(look, p)]
    for party in found:
        post = look.view.folded[party.start : party.end]
        if party not in people:
            if any(post in look.view.folded[slice(*p.described)] for p in people):
                continue
            called = [make_party(party.role, n, party.how, party.score, look) for n in others]
            party = next((p for p in called if post in look.view.folded[slice(*p.described)]), party)
        out.append(party)
    return out


def _is_name(look: Look, party: Party) -> bool:
    return party.kind == "co_quan" or any(n.start == party.start for n in look.names)


def _post(look: Look, first: int, last: int) -> Entity | None:
    """The first official who is meant by the post ("tố cáo chủ tịch xã"), not as the one written to; by name if told."""
    posts, begin = official_posts(), first
    last = min(last, len(look.keys))
    while first < last:
        hit = posts.first(look.keys, look.view.accented, first, last)
        if hit is None:
            return None
        start, end = look.view.tokens[hit[0]].start, look.view.tokens[hit[0] + hit[1] - 1].end
        line = look.view.text[max(look.view.text.rfind("\n", 0, start) + 1, start - 60) : start]
        asked = last < len(look.keys) and _ASKS_NEXT.search(look.view.text, look.view.tokens[begin].start, start)
        heading = not look.view.text[:start].strip() and "\n" in look.view.text[end : end + 40]
        if not (asked or heading or _WRITTEN_TO.search(line) or in_quotes(look, start)):
            called = next((n for n in look.names if end < n.start <= end + 2 or start - 4 < n.end < start), None)
            end -= 3 if look.view.folded[start:end].endswith(" va") else 0  # ông Chủ tịch và công chức …
            return called or Entity("chuc_vu", start, end, 0.5, "post", look.view.folded[start:end])
        first = hit[0] + hit[1]
    return None


def _one_office(one: str, other: str) -> bool:
    """Whether two folded names are of one office, the shorter a part of the longer: UBND xã, Chủ tịch UBND xã Quỳnh Lưu."""
    short, long = sorted((" ".join(one.split()), " ".join(other.split())), key=len)
    return re.search(rf"(?<!\w){re.escape(short)}(?!\w)", long) is not None


def _listed_after(look: Look, entity: Entity, people: list[Entity]) -> Entity | None:
    """The next person or office of a list: "tố cáo ông A, trưởng thôn, và bà B"."""
    for following, joint in ((people, _POST_BETWEEN), ([*people, *look.offices], _LISTED)):
        after = [e for e in following if entity.end < e.start <= entity.end + 70]
        nearest = min(after, key=lambda e: e.start, default=None)
        if nearest is not None and entity.kind == "ho_ten" or nearest is not None and joint is _LISTED:
            between = look.view.text[entity.end : nearest.start]
            if joint.fullmatch(between) and not _DOES.search(between):
                return nearest
    return None


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


def _holds_office(look: Look, name: Entity) -> bool:
    described = make_party("nguoi_bi", name, "", 0, look).described
    return respondent_kind("", look.view.text[slice(*described)], is_office=False) in OFFICIAL


def _bystander(look: Look, name: Entity) -> bool:
    """Whether a name that no accusation points to is more likely a shop's, a place's, a relative's or a signature."""
    lines = [m.span() for m in re.finditer(r"[^\n]+", look.view.text) if m.group().strip()]
    signed = any(a <= name.start < b and b - a < 60 for a, b in lines[-3:][1 if len(lines) < 4 else 0 :])
    return signed or in_quotes(look, name.start) or bool(_BYSTANDER.search(look.before(name, 40)))


def _dispute(look: Look) -> bool:
    return word_set("parties.yaml", "disputes").first(look.keys, look.view.accented) is not None


def _only_named(look: Look, i: int) -> bool:
    """Whether the word is part of a title, of who writes, of a denial or a quotation: "đơn tố cáo", "không kiện ai"."""
    before = look.keys[i - 1] if i else ""
    if i and (
        look.view.tokens[i - 1].folded in ("khong", "chang", "chua", "thach", "khieu", "vu")
        or in_quotes(look, look.view.tokens[i].start)
    ):
        return True
    if look.view.tokens[i].folded == "thua" and look.view.tokens[i - 1].folded not in (
        "toi",
        "tui",
        "con",
        "em",
        "chau",
        "giay",
    ):
        return True
    # "làm đơn tố cáo ông A" accuses; "đơn tố cáo của tôi" does not.
    filed = i > 1 and look.view.tokens[i - 1].folded == "don" and look.view.tokens[i - 2].folded in _FILES
    if filed:
        return False
    return before in _TITLE_KEYS[look.view.accented] or (before in _WRITER_KEYS[look.view.accented] and i > 0)


_FILES = frozenset(("lam", "viet", "gui", "nop", "nay"))
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
    if re.search(r"[.;?]", look.view.gap(i)) or look.view.tokens[i].folded in ("cua", "nay", "do"):
        return None
    stop = re.compile(r"[.;!?\n]").search(look.view.text, start, start + window)
    limit = stop.start() if stop else start + window
    asks = _ASKS_NEXT.search(look.view.text, start, limit)
    limit = asks.start() if asks else limit
    # A witness is only meant where the accusation leads straight to the name.
    near = [e for e in people if start <= e.start < limit and (e.start < start + 14 or not is_witness(look, e))]
    if not people_only:
        near += [
            o
            for o in look.offices
            if start <= o.start < limit and (not near or o.end < min(n.start for n in near) - 30)
        ]
    return min(near, key=lambda e: (e.kind != "ho_ten", e.start), default=None)
