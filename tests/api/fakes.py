"""Small readers that speak the contract, so that the service is tested without a trained model."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date
from typing import Any

from api.readers import Readers
from nlp.taxonomy import taxonomy
from nlp.text import ReadError, decode, fold

_FIELDS = {"dat": "dat_dai", "rac": "moi_truong", "tro cap": "chinh_sach", "duong": "ha_tang", "trom": "an_ninh",
           "hach sach": "cong_vu"}  # fmt: skip
_SIGNALS = {"dien ro": "nguy_hiem_tinh_mang", "nhieu lan": "keo_dai_nhieu_lan", "de doa": "de_doa_tra_thu",
            "giu bi mat": "giu_bi_mat"}  # fmt: skip


@dataclass(frozen=True)
class Said:
    """An answer that can say itself in JSON."""

    answer: Any

    def to_json(self) -> Any:
        return self.answer


class FakePetitionReader:
    """Finds a few words; enough to exercise every part of the contract."""

    def classify(
        self, text: str, *, received_at: date | None = None, channel: str | None = None, id: str | None = None
    ) -> Said:
        del received_at, channel
        if not text.strip():
            raise ReadError("empty_text", "Đơn không có nội dung.")
        folded, known = fold(text), taxonomy()
        fields = []
        for words, code in _FIELDS.items():
            found = re.search(rf"\b{words}\b", folded)
            if found:
                s, e = found.span()
                subs = [{"code": "thu_hoi_boi_thuong", "probability": 0.8}] if code == "dat_dai" else []
                fields.append({"code": code, "probability": 0.9, "subfields": subs,
                               "evidence": [{"start": s, "end": e, "text": text[s:e], "weight": 1.5}]})  # fmt: skip
        unsure = not fields
        fields = fields or [{"code": "khac", "probability": 0.4, "subfields": [], "evidence": []}]
        signals = [
            {"code": code, "start": m.start(), "end": m.end(), "text": text[m.start() : m.end()], "probability": 0.9}
            for words, code in _SIGNALS.items()
            for m in re.finditer(words, folded)
        ]
        kind = "to_cao" if "to cao" in folded else "khieu_nai" if "khieu nai" in folded else "kien_nghi_phan_anh"
        level = known.urgency_of([s["code"] for s in signals])
        return Said({
            "id": id or "", "fields": fields,
            "field_scores": {f.code: 0.9 if f.code in {x["code"] for x in fields} else 0.02 for f in known.fields},
            "type": {"code": kind, "probability": 0.85,
                     "alternatives": [{"code": t.code, "probability": 0.05} for t in known.types if t.code != kind]},
            "urgency": {"code": level, "probability": 0.8,
                        "scores": {u.code: 0.8 if u.code == level else 0.1 for u in known.urgency},
                        "signals": signals, "raised_by_rule": False},
            "needs_review": unsure, "review_reasons": ["abstained"] if unsure else [],
            "model": {"name": "petitions-fake", "version": "1", "taxonomy": known.version},
        })  # fmt: skip


@dataclass(frozen=True)
class FakeDocument:
    """A document read from plain text."""

    text: str
    filename: str
    sha256: str
    media: str = "txt"
    pages: tuple[Any, ...] = ()
    quality: float = 1.0


class FakeReportReader:
    """One finding a line that holds a cue."""

    version = "findings-fake-1"

    def extract(self, document: FakeDocument) -> Said:
        identity = f"d{document.sha256[:16]}"
        head: dict[str, Any] = dict.fromkeys(
            ("title", "kind", "issuer", "number", "place", "date", "period", "signer", "province")
        )
        rows: list[dict[str, Any]] = []
        section: list[str] = []
        start = 0
        for line in document.text.split("\n"):
            folded, end = fold(line), start + len(line)
            named = re.match(r"(\w+): (.+)", line)
            if named and named[1] in head:
                head[named[1]] = named[2]
            elif re.match(r"[IVX]+\. ", line):
                section = [line]
            elif line.strip():
                kind = next((k for cue, k in (("nguyen nhan", "cause"), ("de nghi", "recommendation"),
                                              ("giao so", "recommendation"), ("bai hoc", "lesson"),
                                              ("cham", "limitation"), ("han che", "limitation"))
                             if cue in folded), None)  # fmt: skip
                if kind:
                    sort = {"cause": "objective", "recommendation": "proposal"}.get(kind)
                    rows.append(self._row(document, identity, kind, sort, line, start, end, section, len(rows)))
            start = end + 1
        limits = [r for r in rows if r["kind"] == "limitation"]
        for row in rows:
            if row["kind"] == "cause" and limits:
                row["links"] = [
                    {"to": limits[0]["id"], "relation": "cause_of", "how": "same_section", "probability": 0.7}
                ]
        record = {"id": identity, "sha256": document.sha256, "filename": document.filename, "text": None, "pages": None,
                  "repairs": {}, "quality": 1.0, "metadata": head, "references": [], "figures": []}  # fmt: skip
        return Said([{"document": record}, *({"finding": r} for r in rows)])

    def _row(self, document: FakeDocument, identity: str, kind: str, sort: str | None, line: str, start: int, end: int,
             section: list[str], index: int) -> dict[str, Any]:  # fmt: skip
        digest = hashlib.sha256(f"{document.sha256}|{kind}|{start}|{end}".encode()).hexdigest()
        topics = ["cai_cach_hanh_chinh"] if "thu tuc" in fold(line) else ["khac"]
        fields = ["dat_dai"] if "dat dai" in fold(line) else []
        return {"id": f"f{digest[:16]}", "document_id": identity, "kind": kind, "sort": sort, "text": line.strip(),
                "span": {"start": start, "end": end}, "quote": document.text[start:end], "section": section,
                "item": {"label": "-", "index": index}, "page": None, "subject": None, "addressee": None,
                "responsible": None, "due": None, "hedges": [], "embedded_causes": [], "topics": topics,
                "fields": fields, "links": [], "confidence": 0.9, "reasons": [], "needs_review": False,
                "extractor": self.version}  # fmt: skip


def read_fake(data: bytes, filename: str | None = None) -> FakeDocument:
    """Read bytes as plain text."""
    text = decode(data).text
    return FakeDocument(text, filename or "", hashlib.sha256(data).hexdigest())


def fake_readers() -> Readers:
    """All three readers."""
    return Readers(FakePetitionReader(), FakeReportReader(), read_fake)


REPORT = """title: Báo cáo kết quả công tác tiếp công dân năm 2024
kind: Báo cáo
issuer: UBND huyện Bình Sơn
number: 125/BC-UBND
place: Bình Sơn
date: 2024-12-10
province: Quảng Ngãi
I. KẾT QUẢ
Đã tiếp 455 lượt công dân.
II. HẠN CHẾ, NGUYÊN NHÂN
Việc giải quyết thủ tục hành chính ở một số xã còn chậm.
Công tác quản lý đất đai còn hạn chế, có nơi buông lỏng.
Nguyên nhân là do thiếu cán bộ chuyên trách.
III. KIẾN NGHỊ
Đề nghị UBND tỉnh bổ sung kinh phí cho công tác đo đạc đất đai.
Bài học: phải nắm chắc tình hình từ cơ sở.
"""
