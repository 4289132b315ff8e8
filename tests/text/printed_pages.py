"""Prints paragraphs the way offices do, so that tests know what a reader should get back."""

from __future__ import annotations

import random
import textwrap
from dataclasses import dataclass

# Sentences of no real document: every name, number and fact is made up.
HEADINGS = (
    "I. KẾT QUẢ CÔNG TÁC TIẾP DÂN",
    "1. Công tác lãnh đạo, chỉ đạo",
    "II. TỒN TẠI, HẠN CHẾ VÀ NGUYÊN NHÂN",
    "2. Nguyên nhân chủ quan",
    "a) Về tổ chức bộ máy",
    "III. PHƯƠNG HƯỚNG, NHIỆM VỤ",
)
SENTENCES = (
    "Trong kỳ, bộ phận một cửa của thị trấn {place} đã tiếp nhận 1.284 hồ sơ, trả đúng hẹn 97,6% số hồ sơ đến hạn.",
    "Tuy nhiên, việc cập nhật kết quả giải quyết lên hệ thống dùng chung ở một số "
    "thôn của xã {place} vẫn còn chậm so với yêu cầu.",
    "Cán bộ phụ trách {work} kiêm nhiệm nhiều việc nên thời gian dành cho đối thoại với người dân chưa nhiều.",
    "Kinh phí sửa chữa 12,5 km đường liên thôn {place} được phân bổ thành hai đợt, đợt đầu đạt 3,4 tỷ đồng.",
    "Nguyên nhân chủ yếu là do công tác phối hợp trong {work} giữa các phòng chuyên "
    "môn chưa chặt chẽ, còn đùn đẩy trách nhiệm.",
    "Đề nghị Ủy ban nhân dân tỉnh xem xét, bố trí vốn cho dự án cấp nước sinh hoạt {place} tại các bản vùng cao.",
    "Đoàn kiểm tra theo Quyết định số 117/QĐ-UBND ngày 04/3/2023 đã làm việc về "
    "{work} với 6 xã và 02 thị trấn trên địa bàn.",
    "Một số hộ dân tại khu vực bờ kè {place} chưa đồng thuận với phương án hỗ trợ, di dời, dẫn đến đơn thư kéo dài.",
    "Ý thức chấp hành quy định về phân loại rác thải tại nguồn và về {work} của một bộ phận người dân chưa cao.",
    "Việc niêm yết công khai thủ tục hành chính tại nhà văn hóa thôn {place} được "
    "duy trì, song nội dung chậm được thay mới.",
)
PLACES_TEXT = (
    "An_Lạc Bình_Trị Cẩm_Giàng Đông_Khê Hòa_Lâm Kim_Sơn Lộc_Thủy Mỹ_Đức Nậm_Chày Phú_Thịnh Quang_Trung Tân_Phú "
    "Thượng_Ninh_Hạ Vĩnh_Phúc_Đông Xuân_Quang Yên_Hà"
)
PLACES = tuple(name.replace("_", " ") for name in PLACES_TEXT.split())
WORKS = (
    "quản lý đất đai",
    "hộ tịch",
    "phòng cháy và chữa cháy rừng",
    "giảm nghèo",
    "xây dựng nông thôn mới nâng cao",
    "chuyển đổi số",
    "bảo vệ trẻ em",
    "thu gom rác",
    "tiếp dân",
    "an toàn thực phẩm tại chợ",
)
NOTES = (
    "Kế hoạch số 45/KH-UBND ngày 12/01/2023 về cải cách hành chính.",
    "Gồm các xã Tân Phú, Hòa Lâm, Bình Trị và Đông Khê.",
    "Báo cáo số 88/BC-TTr của Thanh tra huyện.",
)


@dataclass(frozen=True)
class Style:
    """How to print: column width, lines a page, page number form ("" for none), blank lines between paragraphs."""

    width: int = 72
    page_lines: int = 30
    number: str = "{n}"
    blank: bool = True
    indent: int = 0
    header: str = ""
    notes: str = ""
    form_feed: bool = False
    line_end: str = "\n"


def paragraphs(seed: int, count: int) -> list[str]:
    """Return `count` paragraphs: headings and one to four sentences, never two headings in a row."""
    chance = random.Random(seed)
    result: list[str] = []
    for _ in range(count):
        if chance.random() < 0.2 and not (result and result[-1] in HEADINGS):
            result.append(chance.choice(HEADINGS))
        else:
            bullet = chance.choice(["", "", "- ", "+ "])
            chosen = chance.sample(SENTENCES, chance.randint(1, 4))
            filled = [text.format(place=chance.choice(PLACES), work=chance.choice(WORKS)) for text in chosen]
            result.append(bullet + " ".join(filled))
    return result


def print_pages(texts: list[str], style: Style, seed: int = 0) -> str:
    """Print the paragraphs `texts`; with ``style.notes`` ("sup", "bare", "bracket") each page gets a footnote."""
    chance = random.Random(seed)
    lines: list[tuple[str, bool]] = []
    for text in texts:
        first = " " * style.indent
        wrapped = textwrap.wrap(text, style.width, initial_indent=first, break_long_words=False, break_on_hyphens=False)
        lines += [(line, False) for line in wrapped]
        if style.blank:
            lines.append(("", True))
    while lines and lines[-1][0] == "":
        lines.pop()
    out: list[str] = []
    page = 1
    note = 0
    for first in range(0, len(lines), style.page_lines):
        body = [line for line, _ in lines[first : first + style.page_lines]]
        if style.header and page > 1:
            out += [style.header.format(n=page), ""]
        if style.notes:
            note += 1
            at = next((i for i, line in enumerate(body) if len(line) > 40 and line[-1].isalpha()), None)
            mark = {"sup": f"<sup>{note}</sup>", "bare": str(note), "bracket": f"[{note}]"}[style.notes]
            if at is not None:
                body[at] += mark
                opening = mark if style.notes != "bare" else str(note)
                body += ["", f"{opening} {chance.choice(NOTES)}"]
        out += body
        last = first + style.page_lines >= len(lines)
        if style.number and not (last and not style.form_feed):
            out += ["", style.number.format(n=page, m=page + 3)]
            if not style.form_feed:
                out.append("")
        if style.form_feed:
            out[-1] += "\f" if not last else ""
        page += 1
    text = style.line_end.join(out)
    return text.replace("\f" + style.line_end, "\f")
