"""The two readers as the service uses them, loaded once at start-up and handed to whoever needs them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Protocol

from api.records.report_store import ReadReport
from nlp.text import LangNgheError

# A made-up report that sends the reader through every step: limitation, cause, recommendation, links.
_WARM = """BÁO CÁO
I. HẠN CHẾ, NGUYÊN NHÂN
Công tác tiếp công dân ở một số xã còn chậm, chưa đáp ứng yêu cầu.
Nguyên nhân là do thiếu cán bộ chuyên trách.
II. KIẾN NGHỊ
Đề nghị UBND tỉnh bổ sung biên chế cho công tác tiếp công dân.
"""


class JsonResult(Protocol):
    """Anything that can say itself in the contract's JSON."""

    def to_json(self) -> Any: ...


class PetitionReaderLike(Protocol):
    """What the service needs of the petition reader."""

    def classify(
        self, text: str, *, received_at: date | None = None, channel: str | None = None, id: str | None = None
    ) -> JsonResult: ...


class ReportReaderLike(Protocol):
    """What the service needs of the report reader."""

    def extract(self, document: Any) -> Any: ...


class ReaderMissingError(LangNgheError):
    """A reader could not be loaded at start-up, so its questions cannot be answered."""

    def __init__(self, which: str) -> None:
        super().__init__("model_unavailable", f"Chưa nạp được mô hình đọc {which}. Hãy báo quản trị viên.")


@dataclass(frozen=True)
class Readers:
    """The petition reader, the report reader and the document reader; a missing one is None and `trouble` says why."""

    petitions: PetitionReaderLike | None
    reports: ReportReaderLike | None
    read_document: Callable[[bytes, str], Any] | None
    trouble: Mapping[str, str] = field(default_factory=dict)

    def classify(
        self, text: str, received_at: date | None = None, channel: str | None = None, identity: str | None = None
    ) -> dict[str, Any]:
        """Read one petition and return the contract's object.

        Raises
        ------
        ReaderMissingError, LangNgheError
            When no model is loaded, or the text cannot be read.
        """
        if self.petitions is None:
            raise ReaderMissingError("đơn thư")
        result = self.petitions.classify(text, received_at=received_at, channel=channel, id=identity)
        answer: dict[str, Any] = result.to_json()
        return answer

    def read(self, data: bytes, filename: str) -> Any:
        """Read an uploaded file into a document with text and pages."""
        if self.read_document is None:
            raise ReaderMissingError("tài liệu")
        return self.read_document(data, filename)

    def mine(self, document: Any) -> ReadReport:
        """Extract the findings of a document."""
        if self.reports is None:
            raise ReaderMissingError("báo cáo")
        head, findings = split_answer(self.reports.extract(document).to_json())
        pages = [{"number": p.number, "start": p.start, "end": p.end} for p in document.pages]
        return ReadReport(document.sha256, document.filename, document.media, document.text, pages,
                          document.quality, head, findings)  # fmt: skip

    def warmed_up(self) -> Readers:
        """Read one made-up petition and report, so that the first person does not wait for lazy loading.

        A reader that fails on such a text (its model is of another version, say) is taken out and named.
        """
        trouble, kept = dict(self.trouble), self
        try:
            if self.petitions is not None:
                self.classify("Đề nghị xem xét việc thu hồi đất của gia đình tôi.")
        except Exception as error:
            trouble["petitions"], kept = _reason(error), replace(kept, petitions=None)
        try:
            if self.reports is not None:
                self.mine(self.read(_WARM.encode(), "a.txt"))
        except Exception as error:
            trouble["reports"], kept = _reason(error), replace(kept, reports=None)
        return replace(kept, trouble=trouble)


def split_answer(answer: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The document object and the finding objects of an extraction, whichever way they are nested."""
    if isinstance(answer, Mapping):
        rows = answer.get("findings") or ()
        return dict(answer["document"]), [dict(r.get("finding", r)) for r in rows]
    lines = list(answer)
    head = next(dict(line["document"]) for line in lines if "document" in line)
    return head, [dict(line["finding"]) for line in lines if "finding" in line]


@dataclass(frozen=True, slots=True)
class LiveReports:
    """Reads reports by the version in service, from the next report on after a promotion."""

    live: Any

    def extract(self, document: Any) -> Any:
        """Extract the findings of a document."""
        return self.live.get().extract(document)


def load_readers(models: str = "") -> Readers:
    """Follow the live models in `models` (default: where the registry finds them); what fails is named, not raised."""
    trouble: dict[str, str] = {}
    petitions: PetitionReaderLike | None = None
    reports: ReportReaderLike | None = None
    read_document: Callable[[bytes, str], Any] | None = None
    try:
        from nlp.registry import Registry

        registry = Registry(Path(models)) if models else Registry()
    except Exception as error:  # a broken models folder must not keep the console from telling about it
        return Readers(None, None, None, {"registry": _reason(error)})
    try:
        from nlp.petitions.live import LivePetitionReader

        petitions = LivePetitionReader(registry)
    except Exception as error:
        trouble["petitions"] = _reason(error)
    try:
        from nlp.documents import read_document as read
        from nlp.registry import Live
        from nlp.reports import ReportReader

        reports, read_document = LiveReports(Live(registry, ReportReader.load)), read
    except Exception as error:
        trouble["reports"] = _reason(error)
    return Readers(petitions, reports, read_document, trouble)


def _reason(error: Exception) -> str:
    return error.code if isinstance(error, LangNgheError) else type(error).__name__
