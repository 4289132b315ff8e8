"""Who sends a petition: who says so, who signs, or whom a clerk's note names first."""

from __future__ import annotations

import re

from nlp.petitions.intake.party_look import Look, Party, is_witness, make_party, party_words
from nlp.text.entities.types import Entity

_THIRD_PERSON = 190
# What may stand before a signature on its line: nothing, "Đại diện:", "Mẹ cháu,", "Thầy", a place and a date.
_SIGNING_HEAD = re.compile(
    r"[\s\-–*•(]*(?:\d{1,3}[.)]\s{0,3})?(?:[^\W_]+(?: [^\W_]+){0,5}\s?[:,\-–]\s{0,3}(?:Giáo hữu\s|Linh mục\s)?|"
    r"(?i:trưởng|truởng|phó|chủ|bí thư|tổ trưởng|hội trưởng|chi hội trưởng|già làng|giáo viên|bác sĩ|kỹ sư|thầy giáo|"
    r"cô giáo|cựu chiến binh|thương binh|công dân)(?:\s[^\W\d_]+){0,2}?\s{1,6}|"
    r"(?:Em|Con|Cháu|Thầy|Cô|Ông|Bà|Anh|Chị|Tôi|Luật sư|Bạn đọc|Hội viên|Cộng tác viên|Bà ngoại cháu|Mẹ cháu|Bố cháu|"
    r"GIÁM ĐỐC|Giám đốc|GĐ|Trưởng ban|Chủ nhiệm|Thôn trưởng|Trưởng thôn|Phó thôn|Trưởng ấp|Kế toán trưởng)\s{1,6})?"
    r"(?:[^,\n]{0,40},?\s?(?:ngày|sáng|chiều|tối)?\s?[\d/.\- ]{3,12}[.,:\-– ]{1,3})?"
)
HEAD_LONGEST = 70
# "Đại diện 19 hộ: Bùi Trọng Khánh, …", "đại diện gồm cụ …"; "Thư gửi toà soạn của bà …".
_SPEAKS_FOR = re.compile(
    r"(?:(?:đại diện|thay mặt|ký tên|người ký)[^\n:.]{0,34}(?::|gồm)|"
    r"(?:thư|đơn|ý kiến)(?!\s(?:tố cáo|khiếu nại|kiện|tố giác|phản ánh)\s(?!của))[^\n.]{0,24} của|"
    r"(?:\A|\n)\W*(?:tố cáo|khiếu nại|phản ánh|kiến nghị|đề nghị) của|"
    r"(?:hộ|người|nhà) (?:cùng )?ký[^\n:.]{0,16}:|làm việc[^\n.;]{0,30} với|bảo vệ quyền[^\n.;]{0,24} (?:cho|của)(?:\s[^\W\d]+){0,2})"
    r"\s{0,3}(?:các\s)?(?:ông|bà|anh|chị|cụ|cô|chú|bác)?\s{0,2}\Z",
    re.IGNORECASE,
)
# Heads of those that write as a body; an office's name on top is a stamp or the addressee.
_BODY = re.compile(
    r"\W*(?:cong ty|cty|htx|hop tac xa|doanh nghiep|dntn|xi nghiep|hiep hoi|chi hoi|ban quan tri|chi nhanh cong "
    r"ty|co so)"
)
_BODY_ASKS = re.compile(
    r"\s*(?:\([^)\n]{0,60}\))?,?\s*(?:chúng tôi|xin|nộp|đề nghị|kiến nghị|khiếu nại|hỏi|nhận|gửi|tố cáo|bị|được|"
    r"đã)(?!\w)",
    re.IGNORECASE,
)
# How a clerk's note opens before it names the caller: a time, a bracket, "Tóm tắt:", "Công dân trình bày:".
_TELLER = re.compile(
    r"(?:\A|\n|[.\]:;)]\s)[\W\d]{0,12}(?:(?:tối|sáng|chiều|trưa|đêm|ngày|lúc|hồi|giờ|phút|h|g|thứ "
    r"\w+)[\W\d]{0,14}){0,5}"
    r"(?:(?:đơn|tóm tắt|tt đơn|nội dung|cuộc gọi|tiếp|hồi|công dân|cd|phản ánh|ghi nhận|ghi|pa|np|kn|người báo|người gọi|người gửi|"
    r"nhà|trực|tt|bạn đọc|điện báo từ|ghi lại|thư gửi)[^\n.]{0,34})?\W{0,3}"
    r"(?:ông|bà|anh|chị|cô|chú|bác|cụ|cd|ong|ba|hộ)\s\Z",
    re.IGNORECASE,
)
_LIST_GAP = re.compile(
    r"(?: [^\n,;]{1,30})?\s{0,2}(?:[,;–\-]|và|với|\n)(?:\s*\d{1,3}[.)])?\s{0,3}(?:hộ\s)?"
    r"(?:(?:vợ|chồng|(?:em|con) (?:trai|gái)|anh trai|chị gái)(?: tôi)?(?: là)?\s)?"
    r"(?:(?:ông|bà|anh|chị)\s)?\Z|\s{3,20}\Z"
)
# One of a list of signatures: a number or a dash opens its line.
_LIST_LINE = re.compile(r"\s*(?:\d{1,3}\s?[.)\-–]|[-–•*+])\s{0,3}(?=[^\W\d])")
_CALLS_IN = re.compile(
    r"[^.!?\n]{0,60}(?:gọi|trình bày|phản ánh|báo|cho biết|điện|khiếu nại|tố cáo)(?!\w)", re.IGNORECASE
)
_FIRST_PERSON = re.compile(r"(?<!\w)(?:tôi|tui|chúng tôi|chúng em|tụi em|nhà em|toi|tui)(?!\w)", re.IGNORECASE)
# An accusation that leads straight to a name: nobody accuses himself.
_ACCUSES = re.compile(
    r"(?<!người )(?<!nguoi )(?:tố cáo|tố giác|to cao|to giac|kiện)(?!\s(?:của|do|cua))(?:[\s,]+(?!tôi|tui|toi|của)[^\W\d]+){0,9}[\s,]+\Z",
    re.IGNORECASE,
)
_GROUP = re.compile(
    r"(?<!\w)(?:cử tri(?: các)? (?:xã|phường|thị trấn|huyện|quận|khu|thôn|bản|ấp|tổ|đặc "
    r"khu)[^,.;:\n(]{2,60}?(?= phản ánh| kiến nghị| đề nghị| tiếp tục|[,:.(\n])|"
    r"(?:hơn |gần |khoảng |chừng |cả )?(?:\d{1,4}|hàng chục|mấy chục|chín|mười|hai chục|ba chục)\s(?:hộ|gia "
    r"đình|người|công nhân|giáo viên|phụ huynh|nhà|anh em|bà con)(?=[^.\n]{0,60}(?:ký|đứng đơn|điểm chỉ|chúng "
    r"tôi|danh sách|tố cáo|khiếu nại|phản ánh|đề nghị|kiến nghị)))",
    re.IGNORECASE,
)


# What may follow a signature in small letters.
_AFTER_SIGNATURE = (
    "ký",
    "đã ký",
    "và",
    "cùng",
    "đt",
    "sđt",
    "kính",
    "ngày",
    "thôn",
    "xóm",
    "ấp",
    "bản",
    "tổ",
    "xã",
    "ky",
)


def find_petitioners(look: Look) -> list[Party]:
    found: list[Party] = []
    cue, accused, blamed = party_words("petitioner_before"), party_words("respondent_before"), _accused(look)
    for n, name in enumerate(look.names):
        if look.cued(name, accused) or name.start in blamed or name.value in blamed.values():
            continue
        authorised = re.match(r"[^\n.]{0,44}(?:uỷ quyền|ủy quyền)(?! cho)", look.after(name, 60))
        if authorised and re.search(
            r"(?:được|của|theo yêu cầu|đại diện)[^\n.]{0,14}\Z", look.before(name, 30), re.IGNORECASE
        ):
            found.append(make_party("nguoi_gui", name, "uy_quyen", 0.9, look))
        elif (look.cued(name, cue) or _SPEAKS_FOR.search(look.before(name, 60))) and not is_witness(look, name):
            found.append(make_party("nguoi_gui", name, "loi_dan", 0.9, look))
        elif (
            found
            and n
            and found[-1].end == look.names[n - 1].end
            and _LIST_GAP.match(look.view.text[look.names[n - 1].end : name.start])
        ):
            found.append(make_party("nguoi_gui", name, "liet_ke", 0.75, look))
    if not found:
        found = _signers(look)
    if not found:
        told = next((n for n in look.names if _told_in_third_person(look, n)), None)
        found = [make_party("nguoi_gui", told, "ngoi_thu_ba", 0.8, look)] if told else []
    # The same person by a longer name later (a signature) is the better place to show.
    found = _fullest(look, found)
    firms = [o for o in look.offices[:6] if _writes(look, o)]
    found += [make_party("nguoi_gui", o, "co_quan_gui", 0.7, look) for o in firms[:1]]
    if not found:
        m = _GROUP.search(look.view.text)
        if m:
            found.append(Party("nguoi_gui", "tap_the", m.start(), m.end(), m.span(), "tap_the", 0.6))
    return found


def _accused(look: Look) -> dict[int, str]:
    """Names that an accusation leads straight to, with those listed after them: place → given name."""
    out: dict[int, str] = {}
    end = -1
    for name in look.names:
        gap = look.view.text[end : name.start] if end >= 0 else ""
        listed = len(gap) < 44 and re.search(r"\s(?:và|cùng|va)\s(?:ông|bà|anh|chị|ong|ba|cô)\s\Z", gap)
        if _ACCUSES.search(look.before(name, 70).rpartition("\n")[2]) or (end >= 0 and listed):
            out[name.start] = name.value.split()[-1]
            end = name.end
        else:
            end = -1
    return out


def _fullest(look: Look, found: list[Party]) -> list[Party]:
    by_start = {n.start: n for n in look.names}
    out: list[Party] = []
    for party in found:
        mine = by_start[party.start].value.split()
        others = [by_start[o.start].value.split() for o in out if o.start in by_start]
        if any(mine == o or o[-len(mine) :] == mine for o in others):
            continue
        longer = next(
            (n for n in look.names if len(n.value.split()) > len(mine) and n.value.split()[-len(mine) :] == mine), None
        )
        out.append(make_party(party.role, longer, party.how, party.score, look) if longer and len(mine) == 1 else party)
    return out


def _signers(look: Look) -> list[Party]:
    """Names that open one of the last lines, with the names listed after them."""
    lines = [m.span() for m in re.finditer(r"[^\n]+", look.view.text) if m.group().strip()]
    tail = lines[-4:] if len(lines) > 1 else []
    while tail and len(tail) < len(lines) and _LIST_LINE.match(look.view.text, lines[-len(tail)][0]):
        tail = lines[-len(tail) - 1 :]
    out: list[Party] = []
    for name in look.names:
        line = next((s for s in tail if s[0] <= name.start < s[1]), None)
        if line is not None and name is look.names[-1] and _closes(look, name):
            out.append(make_party("nguoi_gui", name, "cho_ky", 0.7, look))
            continue
        if line is None or is_witness(look, name) or name.start - line[0] > HEAD_LONGEST and not out:
            continue
        head = look.view.text[line[0] : name.start]
        opens = len(head) <= HEAD_LONGEST and bool(_SIGNING_HEAD.fullmatch(head))
        listed = bool(out) and bool(_LIST_GAP.match(look.view.text[out[-1].end : name.start]))
        rest = look.view.text[name.end : line[1]].strip(" .")
        short = len(rest) < 14 and (not rest[:1].islower() or rest.startswith(_AFTER_SIGNATURE))
        ends = short or rest[:1] != "" and rest[0] in ',(–;-/:"“[' or rest.startswith(("ngày", "ngay"))
        if (opens and ends and line[1] - line[0] < 120) or listed:
            out.append(make_party("nguoi_gui", name, "cho_ky", 0.8, look))
    return out


def _closes(look: Look, name: Entity) -> bool:
    """Whether the text ends in the bare name: "… đề nghị trả hàng. Rơ Châm Hlắp."."""
    ends = not look.view.text[name.end :].strip(" .\n")
    return ends and " " in name.value and bool(re.search(r"[.!?]\s{1,3}\Z", look.before(name, 4)))


def _told_in_third_person(look: Look, name: Entity) -> bool:
    """A clerk's summary: "Bà Lương Thị Thơm (xã Hoà Bình …) phản ánh …", "Ông Năm …, nhà gần …, gọi lúc …"."""
    told = look.view.text[: name.start]
    if name.start > 220 or not _TELLER.search(told):
        return False
    if re.search(r"(?<!\w)(?:tôi|tui|em|con|cháu)\s", told, re.IGNORECASE) or re.search(
        r"(?:tố cáo|khiếu nại|phản ánh|tố giác|thưa|việc|V/v:?)\s+(?:việc\s)?(?:ông|bà|anh|chị)?\s?\Z",
        look.before(name, 26),
        re.IGNORECASE,
    ):
        return False
    if re.match(r"[^\n.:]{0,80}:", look.after(name, 82)):
        return True  # Ông Dương Văn Thẩm, bon Sa Nar: Giữa nhà ông và …
    i = look.starts[name.start]
    limit = name.end + _THIRD_PERSON
    end = look.token_after(limit) or len(look.view.tokens)
    # A letter in the first person names somebody else; an asking that opens a sentence has another subject.
    first_person = _FIRST_PERSON.search(re.sub(r"[\"“«][^\"”»]{0,400}[\"”»]", "", look.view.text))
    if first_person and not _CALLS_IN.match(look.after(name, 90)):
        return False
    said = party_words("reporting").first(look.keys, look.view.accented, i + 1, end)
    while said and re.search(r"[.!?;\n]", look.view.gap(said[0])):
        said = party_words("reporting").first(look.keys, look.view.accented, said[0] + said[1], end)
    return said is not None and not _blamed(look, look.keys[i + len(name.value.split()) - 1])


def _blamed(look: Look, given: str) -> bool:
    """Whether somebody of this given name is to be dealt with: "làm rõ ông Quế nhận tiền"."""
    words = party_words("punish")
    for i in range(len(look.keys)):
        size = words.at(look.keys, i, look.view.accented)
        if size and given in look.keys[i + size : i + size + 4]:
            return True
    return False


def _writes(look: Look, office: Entity) -> bool:
    """Whether a firm or body writes itself (letterhead, "Công ty chúng tôi"); a law office writes for a client."""
    folded = look.view.folded[office.start : office.end]
    if "luat" in folded or not _BODY.match(folded):
        return False
    if re.match(r"\s(?:chúng tôi|của chúng tôi|của tôi|tôi)(?!\w)", look.after(office, 14)):
        return True
    if look.view.text[: office.start].strip():
        return False
    line = look.view.text[office.start : (look.view.text + "\n").index("\n", office.start)]
    letterhead = len(line) < 90 and bool(
        re.search(r"kính gửi|kg\b|v/v|số\s?:?\s?\d|cv\b", look.view.text[office.end : office.end + 200], re.IGNORECASE)
    )
    we = re.search(r"(?<!\w)(?:chúng tôi|công ty tôi)(?!\w)", look.view.text, re.IGNORECASE)
    return letterhead or bool(we and _BODY_ASKS.match(look.after(office, 90)))
