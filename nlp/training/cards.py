"""The card of a petition model: what it is for, what it learned from, how it scored; in Vietnamese, for every version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from nlp.training.corpus import PetitionRow
from nlp.training.exchange.intake import OFFICE

LINEAR = (
    "hồi quy logistic và hàm nhân trên n-gram từ, âm tiết, ký tự, nhóm cụm từ gợi ý và véc-tơ từ; mức khẩn dựa trên dấu "
    "hiệu ở từng mệnh đề; xác suất được hiệu chỉnh ngoài mẫu theo người soạn"
)
ENCODER = (
    "tinh chỉnh mô hình mã hoá `{base}` cho năm việc cùng lúc, xuất ONNX và lượng tử hoá int8; xác suất và ngưỡng được "
    "hiệu chỉnh trên các nhóm đơn giữ riêng"
)


def petition_card(train: Sequence[PetitionRow], metrics: Mapping[str, Any], how: str, seed: int) -> str:
    """A model card of one page.

    Parameters
    ----------
    train : sequence of PetitionRow
        what the model learned from; rows of the office's own are told apart.
    metrics : mapping
        with `validation`, score → value and interval, where there was something to judge on.
    how : str
        how it was fitted, in words.
    """
    office = sum(r.hand == OFFICE for r in train)
    own = f", trong đó {office} đơn cán bộ của cơ quan đã quyết (đã che thông tin cá nhân)" if office else ""
    rows = "\n".join(
        f"| {k} | {v['value']:.3f} | [{v['low']:.3f}; {v['high']:.3f}] | {v['n']} |"
        for k, v in metrics.get("validation", {}).items()
        if v["value"] is not None
    )
    return f"""# Mô hình đọc đơn thư

- Dùng để: gợi ý lĩnh vực, loại đơn, mức độ khẩn và dấu hiệu cho cán bộ; cán bộ quyết định.
- Không dùng để: tự động trả lời, bác đơn hoặc chuyển đơn khi chưa có người xem.
- Học từ: {len(train)} đơn{own}. Đơn của ngữ liệu dự án do mô hình ngôn ngữ soạn và gán nhãn, không phải đơn thật
  (xem `corpora/petitions/DATASHEET.md`).
- Cách học: {how}. Hạt giống {seed}.
- Điểm dưới đây là trên phần kiểm định, phần dùng để chọn; điểm trên phần test nằm ở `docs/evaluation-petitions.md`. Cấu
  hình, mã băm dữ liệu và phiên bản thư viện ở `manifest.json`.

| Chỉ số (tập kiểm định) | Giá trị | 95% | n |
|---|---|---|---|
{rows or "| chưa chấm | – | – | 0 |"}
"""
