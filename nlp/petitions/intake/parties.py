"""Who writes, and whom or what the petition is against; proposals with their places in the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from nlp.petitions.intake.rules import WordSet, packaged, word_set
from nlp.text.entities.lexicon import folded_key, tone_key
from nlp.text.entities.types import Entity
from nlp.text.entities.view import TextView

_THIRD_PERSON = 190
_CALLS = ("ông", "bà", "anh", "chị", "cô", "chú", "bác", "cụ", "cậu", "dì", "hộ", "em", "cháu", "con", "là", "nhà")
# What may stand before a signature on its line: nothing, "Đại diện:", "Mẹ cháu,", "Thầy", a place and a date.
_SIGNING_HEAD = re.compile(
    r"[\s\-–*•(]*(?:(?:[^\W\d_]+ ?){1,5}[:,\-–]\s{0,3}|(?:Em|Con|Cháu|Thầy|Cô|Ông|Bà|Anh|Chị|Tôi|Luật sư|Bạn đọc|Hội viên|Cộng tác viên|Bà ngoại cháu|Mẹ cháu|Bố cháu|GIÁM ĐỐC|Giám đốc|Trưởng ban|Chủ nhiệm)\s)?"
    r"(?:[^,\n]{0,40},?\s?(?:ngày|sáng|chiều|tối)?\s?[\d/.\- ]{3,12}[.,:\-– ]{1,3})?"
)
_TELLER = re.compile(
    r"(?:\A|\n)[\W\d]{0,24}[hH]?\d{0,2}[\W]{0,3}(?:(?:đơn|tóm tắt|tt đơn|nội dung|cuộc gọi|tiếp|hồi|công dân|cd|phản ánh|pa|np|kn|người báo|nhà|trực|tt|nội dung đơn|bạn đọc)[^\n.]{0,28})?\W{0,3}(?:ông|bà|anh|chị|cô|chú|bác|cụ|cd|ong|ba|hộ)\s\Z",
    re.IGNORECASE,
)
_LIST_GAP = re.compile(r"(?: [^\n,;]{1,30})?\s{0,2}(?:[,;–\-]|và|với|\n)\s{0,3}(?:(?:hộ |vợ là )?(?:ông|bà|anh|chị)\s)?\Z")
_GROUP = re.compile(
    r"(?<!\w)(?:cử tri(?: các)? (?:xã|phường|thị trấn|huyện|quận|khu|thôn|bản|ấp|tổ|đặc khu)[^,.;:\n(]{2,60}?(?= phản ánh| kiến nghị| đề nghị| tiếp tục|[,:.(\n])|"
    r"(?:hơn |gần |khoảng |chừng |cả )?(?:\d{1,4}|hàng chục|mấy chục|chín|mười|hai chục|ba chục)\s(?:hộ|gia đình|người|công nhân|giáo viên|nhà|anh em|bà con)(?=[^.\n]{0,60}(?:ký|đứng đơn|điểm chỉ|chúng tôi|tố cáo|khiếu nại|phản ánh|đề nghị|kiến nghị)))",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Party:
    """A person, office or group that takes part.

    Attributes
    ----------
    role : str
        `nguoi_gui` or `nguoi_bi` (khiếu nại, tố cáo, or the other side of a dispute).
    kind : str
        `ca_nhan`, `co_quan` or `tap_the`.
    start, end : int
        in the clean text.
    described : tuple[int, int]
        range of the words that tell the party's post (level and kind are judged on them), in the clean text.
    how : str
        the rule that chose it.
    """

    role: str
    kind: str
    start: int
    end: int
    described: tuple[int, int]
    how: str
    score: float


@dataclass(frozen=True)
class Parties:
    """Petitioners and respondents in order of the text."""

    petitioners: tuple[Party, ...]
    respondents: tuple[Party, ...]


def parties(view: TextView, names: Sequence[Entity], offices: Sequence[Entity], petition_type: str | None = None) -> Parties:
    """Say who sends the petition and whom it is against.

    Parameters
    ----------
    view : TextView
    names : sequence of Entity
        from `nlp.text.entities.people`.
    offices : sequence of Entity
        from `nlp.petitions.intake.organisations`.
    petition_type : str, optional
        Code; a denunciation without a plain accusation falls back on the person it names most.
    """
    key = tone_key if view.accented else folded_key
    keys = [key(t.text) for t in view.tokens]
    starts = {t.start: i for i, t in enumerate(view.tokens)}
    offices = [o for o in offices if not any(o.start <= n.start < o.end for n in names) or o.end - o.start > 30]
    look = _Look(view, keys, starts, list(names), offices)
    senders = _petitioners(look)
    against = _respondents(look, senders, petition_type)
    return Parties(tuple(sorted(senders, key=lambda p: p.start)), tuple(sorted(against, key=lambda p: p.start)))


@dataclass(frozen=True)
class _Look:
    view: TextView
    keys: list[str]
    starts: dict[int, int]
    names: list[Entity]
    offices: list[Entity]

    def cued(self, entity: Entity, words: WordSet, *, over: int = 3) -> bool:
        """Whether a phrase of `words` stands before, with ông, bà, là or a colon between."""
        i = self.starts.get(entity.start)
        if i is None:
            return False
        for _ in range(over):
            size = words.before(self.keys, i, self.view.accented)
            if size and self._joined(i):
                # "Mẹ tôi là …", "chồng con tên …" name somebody else.
                first = i - size
                follows = first > 0 and not re.search(r"[.\n:;!?,(]", self.view.gap(first))
                by_kin = _words("kin").at(self.keys, first, self.view.accented) > 0
                of_kin = _words("kin").before(self.keys, first, self.view.accented) > 0
                return not follows or not (of_kin or by_kin)
            if i == 0 or self.keys[i - 1] not in _CALL_KEYS[self.view.accented]:
                return False
            i -= 1
        return False

    def _joined(self, i: int) -> bool:
        return bool(re.match(r"[\s:,\-–(]{0,8}\Z", self.view.gap(i))) if i else False

    def after(self, entity: Entity, size: int) -> str:
        return self.view.text[entity.end : entity.end + size]

    def before(self, entity: Entity, size: int) -> str:
        return self.view.text[max(0, entity.start - size) : entity.start]


_CALL_KEYS = {True: frozenset(tone_key(c) for c in _CALLS), False: frozenset(folded_key(c) for c in _CALLS)}


def _words(name: str) -> WordSet:
    return word_set("parties.yaml", name)


def _party(role: str, entity: Entity, how: str, score: float, look: _Look) -> Party:
    kind = "co_quan" if entity.kind == "co_quan" else "ca_nhan"
    # What tells the post stands close: "ông Lê Minh Quế là cán bộ địa chính xã", "trưởng thôn Lò Văn Ón".
    start = max(0, entity.start - 40)
    cut = [m.end() for m in re.compile(r"[.;:\n]\s|\A").finditer(look.view.text, start, entity.start)]
    start = cut[-1] if cut else look.view.text.find(" ", start, entity.start) + 1
    stop = re.compile(r"[.;\n]").search(look.view.text, entity.end, entity.end + 70)
    return Party(role, kind, entity.start, entity.end, (start, stop.start() if stop else min(entity.end + 70, len(look.view.text))), how, score)


def _petitioners(look: _Look) -> list[Party]:
    found: list[Party] = []
    cue, accused = _words("petitioner_before"), _words("respondent_before")
    for n, name in enumerate(look.names):
        if look.cued(name, accused):
            continue
        if look.cued(name, cue) and not _is_witness(look, name):
            found.append(_party("nguoi_gui", name, "loi_dan", 0.9, look))
        elif found and n and found[-1].end == look.names[n - 1].end and _LIST_GAP.match(look.view.text[look.names[n - 1].end : name.start]):
            found.append(_party("nguoi_gui", name, "liet_ke", 0.75, look))
    if not found:
        found = _signers(look)
    if not found:
        told = next((n for n in look.names if _told_in_third_person(look, n)), None)
        found = [_party("nguoi_gui", told, "ngoi_thu_ba", 0.8, look)] if told else []
    # The same person by a longer name later (a signature) is the better place to show.
    found = _fullest(look, found)
    firms = [o for o in look.offices if _writes(look, o)]
    found += [_party("nguoi_gui", o, "co_quan_gui", 0.7, look) for o in firms[:1]]
    if not found:
        m = _GROUP.search(look.view.text)
        if m:
            found.append(Party("nguoi_gui", "tap_the", m.start(), m.end(), m.span(), "tap_the", 0.6))
    return found


def _fullest(look: _Look, found: list[Party]) -> list[Party]:
    by_start = {n.start: n for n in look.names}
    out: list[Party] = []
    for party in found:
        mine = by_start[party.start].value.split()
        others = [by_start[o.start].value.split() for o in out if o.start in by_start]
        if any(mine == o or o[-len(mine) :] == mine for o in others):
            continue
        longer = next((n for n in look.names if len(n.value.split()) > len(mine) and n.value.split()[-len(mine) :] == mine), None)
        out.append(_party(party.role, longer, party.how, party.score, look) if longer and len(mine) == 1 else party)
    return out


def _signers(look: _Look) -> list[Party]:
    """Names that open one of the last lines, with the names listed after them."""
    lines = [m.span() for m in re.finditer(r"[^\n]+", look.view.text) if m.group().strip()]
    tail = lines[-4:] if len(lines) > 1 else []
    out: list[Party] = []
    for name in look.names:
        line = next((s for s in tail if s[0] <= name.start < s[1]), None)
        if line is None or _is_witness(look, name):
            continue
        head = look.view.text[line[0] : name.start]
        opens = bool(_SIGNING_HEAD.fullmatch(head))
        listed = bool(out) and bool(_LIST_GAP.match(look.view.text[out[-1].end : name.start]))
        if (opens and len(head) < 42 and line[1] - line[0] < 120) or listed:
            out.append(_party("nguoi_gui", name, "cho_ky", 0.8, look))
    return out


def _told_in_third_person(look: _Look, name: Entity) -> bool:
    """A clerk's summary: "Bà Lương Thị Thơm (xã Hoà Bình …) phản ánh …", "Ông Năm …, nhà gần …, gọi lúc …"."""
    if name.start > 120 or not _TELLER.search(look.view.text[: name.start]):
        return False
    if re.search(r"(?:tôi|tui|em|con|cháu)\s", look.view.text[: name.start], re.IGNORECASE) or re.search(
        r"(?:tố cáo|khiếu nại|phản ánh|tố giác|thưa|việc|V/v:?)\s+(?:việc\s)?(?:ông|bà|anh|chị)?\s?\Z", look.before(name, 26), re.IGNORECASE
    ):
        return False
    i = look.starts[name.start]
    limit = name.end + _THIRD_PERSON
    end = next((k for k in range(i, len(look.view.tokens)) if look.view.tokens[k].start > limit), len(look.view.tokens))
    return _words("reporting").first(look.keys, look.view.accented, i + 1, end) is not None


def _is_witness(look: _Look, name: Entity) -> bool:
    near = look.before(name, 34).lower().split("\n")[-1] + " | " + look.after(name, 44).lower().split(".")[0].split("\n")[0]
    return any(str(w) in near for w in packaged("parties.yaml")["witness"])


def _writes(look: _Look, office: Entity) -> bool:
    """Whether a firm or body writes itself: its letterhead, or "Công ty chúng tôi"."""
    if re.match(r"\s(?:chúng tôi|của chúng tôi|của tôi|tôi)(?!\w)", look.after(office, 14)):
        return True
    head = look.view.text[: office.start].strip()
    return not head and bool(re.search(r"\n\s*(?:cv\s)?số\s?:?\s?\S", look.view.text[office.end : office.end + 120], re.IGNORECASE))


def _respondents(look: _Look, senders: list[Party], petition_type: str | None) -> list[Party]:
    mine = {n.value.split()[-1] for n in look.names for p in senders if n.start == p.start}
    own = {(p.start, p.end) for p in senders}
    others = [n for n in look.names if n.value.split()[-1] not in mine and not _is_witness(look, n)]
    found: dict[str, Party] = {}

    def add(entity: Entity, how: str, score: float) -> None:
        value = entity.value.split()
        same = next((k for k in found if k.split()[-1:] == value[-1:]), None) if entity.kind == "ho_ten" else None
        if (entity.start, entity.end) not in own and (same or entity.value) not in found:
            full = next((n for n in look.names if len(n.value.split()) > len(value) and n.value.split()[-len(value) :] == value), entity)
            found[full.value] = _party("nguoi_bi", full if entity.kind == "ho_ten" else entity, how, score, look)

    for entity in [*others, *look.offices]:
        if look.cued(entity, _words("respondent_before")):
            add(entity, "loi_dan", 0.95)
    for i in range(len(look.keys)):
        size = _words("accuse").at(look.keys, i, look.view.accented)
        if size and not _only_named(look, i):
            target = _target(look, i + size, others) or _pointed(look, i + size, others)
            if target:
                add(target, "to_cao_khieu_nai", 0.85)
    if not found:
        for i in range(len(look.keys)):
            size = _words("punish").at(look.keys, i, look.view.accented)
            target = _target(look, i + size, others, window=34, people_only=True) if size else None
            if target:
                add(target, "de_nghi_xu_ly", 0.75)
    for office in look.offices:
        if _decided(look, office):
            add(office, "ra_van_ban", 0.7)
    if not found and petition_type in ("to_cao", "hon_hop"):
        titled = [e for e in [*others, *look.offices] if re.search(r"(?:v/v|về việc|việc)\s\W*(?:ông |bà )?\Z", look.before(e, 16).lower())]
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


def _pointed(look: _Look, i: int, people: list[Entity]) -> Entity | None:
    """Whom "công ty này", "ông ấy" after an accusation points back to: the nearest named before."""
    if not _words("pointing").at(look.keys, i, look.view.accented):
        return None
    firm = look.view.tokens[i].folded in ("cong", "co", "quan", "xuong", "trai")
    before = [e for e in (look.offices if firm else people) if e.end <= look.view.tokens[i].start]
    return max(before, key=lambda e: e.start, default=None)


def _dispute(look: _Look) -> bool:
    return word_set("parties.yaml", "disputes").first(look.keys, look.view.accented) is not None


def _only_named(look: _Look, i: int) -> bool:
    """Whether the word is part of a title or of who writes: "đơn tố cáo", "người khiếu nại", "luật tố cáo"."""
    before = look.keys[i - 1] if i else ""
    if look.view.tokens[i].folded == "thua" and look.view.tokens[i - 1].folded not in ("toi", "tui", "con", "em", "chau", "giay"):
        return True
    return before in _TITLE_KEYS[look.view.accented] or (before in _WRITER_KEYS[look.view.accented] and i > 0)


_TITLE_KEYS = {True: frozenset(tone_key(w) for w in ("đơn", "luật", "thư", "bị", "việc")), False: frozenset(("don", "luat", "thu", "bi"))}
_WRITER_KEYS = {True: frozenset((tone_key("người"),)), False: frozenset(("nguoi",))}


def _target(look: _Look, i: int, people: list[Entity], *, window: int = 60, people_only: bool = False) -> Entity | None:
    """The person or office named soon after position `i`, within the sentence."""
    if i >= len(look.view.tokens):
        return None
    start = look.view.tokens[i].start
    stop = re.compile(r"[.;!?\n]").search(look.view.text, start, start + window)
    limit = stop.start() if stop else start + window
    near = [e for e in people if start <= e.start < limit]
    if not people_only:
        near += [o for o in look.offices if start <= o.start < limit and (not near or o.end < min(n.start for n in near) - 30)]
    return min(near, key=lambda e: (e.kind != "ho_ten", e.start), default=None)


def _decided(look: _Look, office: Entity) -> bool:
    """Whether an office did what is contested: it issued, refused, fined … or the document is said to be its own."""
    after, before = look.after(office, 36).lower(), look.before(office, 60).lower()
    contested = re.search(
        r"không đồng ý|khiếu nại|không phục|không chấp nhận|không nhất trí|không nhận|phản đối|ko đồng ý|trái luật|huỷ|hủy|khong dong y", look.view.text, re.IGNORECASE
    )
    if not contested or re.search(r"(?:kính gửi|gửi|gởi|thưa|lên|tới|đến|chuyển|đề nghị|nhờ|mong|yêu cầu|xin)\W*(?:[^\W\d]+\s){0,3}\Z", before):
        return False
    i = next((k for k, t in enumerate(look.view.tokens) if t.start >= office.end), None)
    acts = i is not None and bool(_words("decided").at(look.keys, i, look.view.accented)) and len(look.view.gap(i)) <= 2
    own = bool(re.search(r"(?:quyết định|công văn|thông báo|văn bản|kết luận|phiếu|giấy|bản án|biên bản|vb|qđ|tb|cách tính|phương án|kết quả)[^.;\n]{0,44} của (?:[^\W\d]+ )?\Z", before))
    return own or (acts and bool(after))
