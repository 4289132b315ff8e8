"""What a petition is about in figures: dates, documents, parcels, sums, areas and requests, as spans."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from nlp.petitions.intake.sums import NUMBER, amounts
from nlp.text import sentences
from nlp.text.entities.dates import dates
from nlp.text.entities.types import Entity
from nlp.text.entities.view import TextView

_CODE = re.compile(r"(?<![\w/.,\-])\d{1,5}(?:/(?:19|20)\d{2})?/[A-ZĐ][A-ZĐa-zà-ỹ]*(?:[-&.][A-ZĐ][A-ZĐa-z]*)*(?!\w)")
_LAW_CODE = re.compile(r"NĐ-CP|/TT|/TTLT|/QH\d|CT-TTg|/QH")
_DOCUMENT_WORDS = (
    r"quyết định|qđ|công văn|cv|thông báo|tb|văn bản|vb|biên bản|bản án|kết luận|giấy phép|gp|hợp đồng|hđ|nghị "
    r"quyết|nq|tờ trình|"
    r"phiếu chuyển|phiếu từ chối|phiếu|giấy mời|giấy hẹn|"
    r"quyet dinh|qd|cong van|thong bao|van ban|bien ban|ban an|ket luan|giay phep|hop dong"
)
# A number right after the kind of document, or after its "số", with at most a few words between.
_DOCUMENT = re.compile(
    rf"(?<!\w)(?P<word>{_DOCUMENT_WORDS})(?:[ \n]+(?!ngày|ngay|tháng|năm)(?:[^\W\d]+[ \n]+){{0,7}}?(?:số|"
    rf"so)[ :]{{1,3}}|[ \n]+(?:số[ :]*)?|[ ](?:[^\W\d]+[ ]){{1,2}}(?=\d{{2,5}}[ ]ngày))"
    r"(?P<number>(?:[A-Z]{2,5})?\d{1,5}(?:/(?:19|20)\d{2})?(?:/[^\W\d_][\w&.\-]*)?)(?![\w]|[.,]\d|/\d)",
    re.IGNORECASE,
)
_UNIT_AFTER = re.compile(
    r"\s*(?:(?:ngày|tháng|năm)(?!\s*\d)|(?:người|hộ|lần|đồng|triệu|trang|bản|tờ|m2|giờ|%|lá|lượt|bận|cái)\b)",
    re.IGNORECASE,
)
_AREA = re.compile(
    rf"(?<![\w/.,\-])(?:{NUMBER})\s?(?:m2|m²|mét vuông|met vuong|ha|hécta|héc-ta|hec ta|sào|mẫu|thước|công đất|"
    rf"công ruộng|công)(?!\w)(?:\s?\d{{1,2}}\s?(?:thước|sào|m2))?",
    re.IGNORECASE,
)
_PLOT = r"(?:thửa|thua)(?:\s(?:đất|dat))?(?:\s(?:số|so))?\s?(?P<plot{n}>\d{{1,5}})(?![.,]?\d|\s?(?:m2|m²|mét|ha)(?!\w))"
_SHEET = r"(?:tờ|to)(?:\s(?:bản đồ|ban do))?(?:\s(?:số|so))?\s?(?P<sheet{n}>\d{{1,4}})"
_BETWEEN = r"\s?[,;\-–]?\s?(?:thuộc\s|thuoc\s)?"
_PARCEL = re.compile(
    rf"(?<!\w)(?:{_SHEET.format(n=2)}{_BETWEEN}{_PLOT.format(n=2)}|"
    rf"{_PLOT.format(n=1)}(?:{_BETWEEN}{_SHEET.format(n=1)})?)(?!\w)",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"(?:\A|[\n.;,:!?\-–)\"]\s{0,3}|(?<!\w)(?:tôi|tui|chúng tôi|tụi tôi|em|con|cháu|mình|bà|ông|dân|bà con|cử tri|"
    r"công dân|gia đình|nay|vì vậy|do đó|rất|kính|bởi vậy|toi|ba con|gia đình tôi|luật sư|công ty|htx)\s)"
    r"(?P<ask>(?:kính |xin |rất |cũng )?(?:đề nghị|đề ngị|yêu cầu|y/c|kiến nghị|mong|mong muốn|xin|nhờ|đề xuất|"
    r"cầu xin|cho hỏi|muốn hỏi|cho em hỏi|cho tôi hỏi|đòi|"
    r"de nghi|yeu cau|kien nghi|mong|xin|nho|cho hoi))(?!\w)",
    re.IGNORECASE,
)
# What others asked of the writer is no request of the writer's ("yêu cầu tôi hoàn trả", "xin lỗi", "xin phép").
_NOT_ASK = re.compile(
    r"(?:xin lỗi|xin phép xây|xin giấu|xin chào|xin chân thành|xin cảm ơn|xin cam đoan|xin hứa|xin chịu|xin gửi "
    r"lời|mong muốn của họ|yêu cầu (?:tôi|chúng tôi|dân|gia đình tôi|bổ sung|phải))",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Matters:
    """Figures and requests of a petition, as entities of the clean text in order."""

    dates: tuple[Entity, ...]
    documents: tuple[Entity, ...]
    parcels: tuple[Entity, ...]
    amounts: tuple[Entity, ...]
    areas: tuple[Entity, ...]
    requests: tuple[Entity, ...]

    def groups(self) -> dict[str, tuple[Entity, ...]]:
        """JSON name → entities."""
        return {
            "dates": self.dates, "documents": self.documents, "parcels": self.parcels, "amounts": self.amounts,
            "areas": self.areas, "requests": self.requests,
        }  # fmt: skip


def matters(view: TextView) -> Matters:
    """Find dates, document numbers, parcels, sums (in đồng), areas and requests."""
    digits = any(c.isdigit() for c in view.text)
    documents = tuple(_documents(view)) if digits else ()
    taken = [(d.start, d.end) for d in documents]
    return Matters(
        dates=tuple(d for d in dates(view) if not any(d.start < b and a < d.end for a, b in taken)) if digits else (),
        documents=documents,
        parcels=tuple(_parcels(view)) if digits else (),
        amounts=tuple(amounts(view)),
        areas=tuple(_plain(view, _AREA, "dien_tich")) if digits else (),
        requests=tuple(_requests(view)),
    )


def _documents(view: TextView) -> Iterator[Entity]:
    found: dict[int, Entity] = {}
    for m in _DOCUMENT.finditer(view.text):
        start, end = m.span("number")
        number = m.group("number").rstrip(".-&")
        if _LAW_CODE.search(number) or ("/" not in number and _UNIT_AFTER.match(view.text, end)):
            continue
        found[start] = Entity("so_van_ban", start, start + len(number), 0.85, "document_number", _number_key(number))
    for m in _CODE.finditer(view.text):
        if not _LAW_CODE.search(m.group()):
            found.setdefault(
                m.start(), Entity("so_van_ban", m.start(), m.end(), 0.9, "document_code", _number_key(m.group()))
            )
    last = -1
    for start in sorted(found):
        if start >= last:
            yield found[start]
            last = found[start].end


def _number_key(number: str) -> str:
    return re.sub(r"\s", "", number).upper()


def _parcels(view: TextView) -> Iterator[Entity]:
    """Parcels; `value` is the plot, or plot/sheet, however they were written."""
    for m in _PARCEL.finditer(view.text):
        plot, sheet = m.group("plot1") or m.group("plot2"), m.group("sheet1") or m.group("sheet2")
        value = f"thua {int(plot)}" + (f" to {int(sheet)}" if sheet else "")
        yield Entity("thua_dat", m.start(), m.end(), 0.85, "parcel", value)


def _plain(view: TextView, pattern: re.Pattern[str], kind: str) -> Iterator[Entity]:
    for m in pattern.finditer(view.text):
        yield Entity(kind, m.start(), m.end(), 0.85, kind, " ".join(view.folded[m.start() : m.end()].split()))


def _requests(view: TextView) -> Iterator[Entity]:
    if not _REQUEST.search(view.text):
        return
    for sentence in sentences(view.text):
        # Two characters of what stands before, so that the sentence's first word is seen to be first.
        m = _REQUEST.search(view.text, max(0, sentence.start - 2), sentence.end)
        while m and _NOT_ASK.match(view.text, m.start("ask")):
            m = _REQUEST.search(view.text, m.end("ask"), sentence.end)
        if m and m.start("ask") >= sentence.start:
            end = len(view.text[: sentence.end].rstrip(" .;,!\n"))
            if end - m.end("ask") > 3:
                start = m.start("ask")
                yield Entity("yeu_cau", start, end, 0.75, "request", view.folded[start:end])
