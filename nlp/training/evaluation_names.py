"""Vietnamese names of scores, systems and slices in an evaluation report, and how numbers are shown."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nlp.taxonomy import taxonomy

SCORES = {
    "field_micro_f1": "Lĩnh vực, micro-F1",
    "field_macro_f1": "Lĩnh vực, macro-F1",
    "field_exact": "Lĩnh vực, đúng cả tập",
    "subfield_micro_f1": "Tiểu lĩnh vực, micro-F1",
    "type_accuracy": "Loại đơn, độ đúng",
    "type_macro_f1": "Loại đơn, macro-F1",
    "urgency_accuracy": "Mức khẩn, độ đúng",
    "urgency_macro_f1": "Mức khẩn, macro-F1",
    "khan_recall": "Khẩn, độ phủ",
    "khan_precision": "Khẩn, độ chính xác",
    "signal_micro_f1": "Dấu hiệu, micro-F1 (đoạn chồng nhau)",
}
SYSTEMS = {
    "model": "**Mô hình**",
    "majority": "Nhãn đông nhất",
    "keywords": "Từ khoá",
    "word_svm": "TF-IDF từ + LinearSVC",
    "subwords": "Túi mảnh từ băm + hồi quy logistic¹",
}
TASKS = {
    "fields": "lĩnh vực (mọi xác suất)",
    "decided_fields": "lĩnh vực đã gắn",
    "type": "loại đơn",
    "urgency": "mức khẩn",
}
NOISE_NAMES = {
    "no_diacritics": "không dấu",
    "nfd": "Unicode tổ hợp (NFD)",
    "ocr": "nhiễu nhận dạng (OCR)",
    "typos": "lỗi gõ",
    "teencode": "tiếng lóng, viết tắt",
    "caps": "viết hoa toàn bộ",
    "thread": "nằm trong chuỗi thư chuyển tiếp",
}
SLICE_NAMES = {
    "channel": "Kênh",
    "region": "Vùng",
    "hand": "Người soạn",
    "length": "Độ dài",
    "year": "Năm",
    "noise": "Cách viết",
    "fields": "Số lĩnh vực",
}
REASONS = {
    "field_uncertain": "lĩnh vực chưa chắc",
    "no_field_certain": "không lĩnh vực nào đủ chắc",
    "type_uncertain": "loại đơn chưa chắc",
    "urgency_uncertain": "mức khẩn chưa chắc",
    "urgency_without_signal": "mức khẩn không có dấu hiệu kèm",
    "abstained": "không đọc được",
    "read_partly": "chỉ đọc phần đầu",
}


def interval(v: Mapping[str, Any] | None, *, signed: bool = False) -> str:
    """`0.912 [0.880; 0.940]`, or a dash."""
    if not v or v.get("value") is None:
        return "–"
    sign = "+" if signed else ""
    if v.get("low") is None:
        return f"{v['value']:{sign}.3f}"
    return f"{v['value']:{sign}.3f} [{v['low']:{sign}.3f}; {v['high']:{sign}.3f}]"


def share(v: float | None) -> str:
    return "–" if v is None else f"{v:.3f}"


def name_of(code: str | None) -> str:
    return "–" if code is None else taxonomy().name(code)


def label_name(task: str, code: str) -> str:
    """The name of a label within its task: a few codes serve a sub-field and a signal with different names."""
    signals = {s.code: s.name for s in taxonomy().signals}
    return signals[code] if task == "signals" else name_of(code)
