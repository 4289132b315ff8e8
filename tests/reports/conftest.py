from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from nlp.reports import ReportReader
from nlp.reports.pipeline import Parsed, parse
from nlp.reports.structure import Structure

CORPUS = Path(__file__).resolve().parent.parent.parent / "corpora" / "reports"

SMALL_REPORT = """ỦY BAN NHÂN DÂN
HUYỆN NHO QUAN
Số: 152/BC-UBND
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Nho Quan, ngày 12 tháng 12 năm 2023

BÁO CÁO
Kết quả công tác tiếp công dân, giải quyết đơn thư năm 2023

Thực hiện Chỉ thị số 35-CT/TW ngày 26/5/2014 của Bộ Chính trị, UBND huyện báo cáo kết quả năm 2023 như sau:

I. KẾT QUẢ ĐẠT ĐƯỢC

1. Công tác tiếp công dân

Trong năm, huyện tiếp 455 lượt/578 người, tăng 12% so với cùng kỳ. Tồn tại về lịch tiếp dân nêu trong kết luận thanh tra \
năm 2022 đã được khắc phục dứt điểm. Các cơ quan đã kịp thời tháo gỡ khó khăn, vướng mắc cho người dân.

2. Các giải pháp đã thực hiện trong thời gian qua và kết quả

Huyện đã thành lập 03 tổ công tác, rà soát 47 vụ việc tồn đọng, giải quyết xong 45 vụ.

II. HẠN CHẾ, NGUYÊN NHÂN

1. Hạn chế

a) Công tác tiếp công dân ở một số xã còn hình thức, chưa gắn với giải quyết đơn thư.

b) Việc cập nhật hồ sơ vào phần mềm còn chậm, 134 hồ sơ chưa được nhập.

2. Nguyên nhân

- Nguyên nhân khách quan: Địa bàn rộng, dân cư phân tán, kinh phí còn hạn hẹp.

- Nguyên nhân chủ quan: Một số chủ tịch UBND xã chưa quan tâm đúng mức, còn khoán trắng cho công chức.

III. NHIỆM VỤ, GIẢI PHÁP NĂM 2024

1. Chấn chỉnh công tác tiếp công dân tại các xã, gắn tiếp dân với giải quyết đơn thư.

2. Giao Thanh tra huyện nhập đủ hồ sơ vào phần mềm trước ngày 31/3/2024.

IV. KIẾN NGHỊ

Đề nghị UBND tỉnh bố trí kinh phí trang bị máy tính cho cấp xã.

Nơi nhận:
- UBND tỉnh;
- Lưu: VT.

TM. ỦY BAN NHÂN DÂN
CHỦ TỊCH
Nguyễn Văn Hùng
"""


@dataclass(frozen=True)
class PlainText:
    """A document as `nlp.documents` would give it for plain text."""

    text: str
    filename: str = "bao-cao.txt"
    pages: tuple[Any, ...] = ()
    blocks: tuple[Any, ...] = ()
    repairs: tuple[Any, ...] = ()
    quality: float = 1.0
    extracted: bool = False

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


@pytest.fixture(scope="session")
def reader() -> ReportReader:
    return ReportReader.load()


@pytest.fixture(scope="session")
def small() -> str:
    return SMALL_REPORT


def outline(text: str) -> Structure:
    return parse(text).structure


def where(parsed: Parsed, words: str) -> tuple[str, ...]:
    """Section path of the paragraph that holds some words."""
    at = parsed.clean.text.index(words)
    paragraph = next(p for p in parsed.structure.paragraphs if p.start <= at < p.end)
    return parsed.structure.path(paragraph.section)
