"""Each role's day in Debian's Chromium, every page checked with axe-core; on request the pages are kept as pictures.

`LANGNGHE_SCREENSHOTS=docs/screenshots pytest tests/api/test_console_browser.py` keeps them, read by the live models.
"""

from __future__ import annotations

import io
import sys
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest

visitors = sys.modules["langnghe_visitors"]
PASSWORD, PHONE, PICTURES, WIDE = visitors.PASSWORD, visitors.PHONE, visitors.PICTURES, visitors.WIDE
Visitor, expect = visitors.Visitor, visitors.expect
pytestmark = pytest.mark.browser

PETITIONS = [
    "Đường liên thôn ở xã Hoà Phú hư hỏng nặng, mưa xuống là lầy, học sinh đi học rất khổ. Đề nghị xã sửa chữa.",
    "Rác thải sinh hoạt chất đống cạnh chợ Hoà Phú đã nhiều tuần, mùi hôi ảnh hưởng các hộ xung quanh.",
    "Gia đình tôi bị thu hồi 320 m2 đất nhưng chưa được bồi thường, đã gửi đơn nhiều lần. Nay tôi làm đơn khiếu nại.",
    "Tôi đã nộp hồ sơ trợ cấp người cao tuổi từ tháng 3 đến nay chưa được giải quyết, đề nghị xem xét.",
    "Đèn đường tổ 5 hỏng hơn một tháng, đêm tối nguy hiểm cho người đi bộ.",
    "Quán karaoke cạnh nhà mở nhạc đến khuya, khu phố đã nhắc mà không thay đổi, mất trật tự.",
    "Cán bộ một cửa hạch sách, bắt đi lại bốn lần mới nhận hồ sơ khai sinh cho cháu tôi.",
    "Trụ điện trước cổng trường bị điện rò, hôm qua một cháu bị giật, đề nghị ngành điện xử lý ngay.",
    "Kẻ gian trộm cắp xe đạp ở khu trọ công nhân liên tục hai tuần nay, đề nghị công an vào cuộc.",
]
COPY = PETITIONS[2].replace("Gia đình tôi", "Nhà tôi")


def office_report(place: str, year: int) -> str:
    """A short report in the usual layout; before it, unless the live models read it, what the fake reader looks for."""
    number = f"{year % 100 + 40}/BC-UBND"
    told = f"""title: Báo cáo công tác cải cách hành chính năm {year}
kind: Báo cáo
issuer: UBND huyện {place}
number: {number}
date: {year}-12-05
province: Quảng Ngãi
"""
    body = f"""ỦY BAN NHÂN DÂN                    CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
HUYỆN {place.upper()}                         Độc lập - Tự do - Hạnh phúc
_______                              _______________
Số: {number}                      {place}, ngày 05 tháng 12 năm {year}

BÁO CÁO
Kết quả công tác cải cách hành chính năm {year} của huyện {place}, tỉnh Quảng Ngãi

I. KẾT QUẢ ĐẠT ĐƯỢC
Đã tiếp nhận 1.204 hồ sơ, trả đúng hạn 96%.

II. HẠN CHẾ, NGUYÊN NHÂN
1. Hạn chế
Việc giải quyết thủ tục hành chính ở một số xã còn chậm, có nơi để quá hạn nhiều ngày.
Công tác quản lý đất đai còn hạn chế, hồ sơ địa chính chưa được cập nhật kịp thời.
2. Nguyên nhân
Nguyên nhân là do thiếu cán bộ chuyên trách, trang thiết bị chưa đồng bộ.

III. KIẾN NGHỊ
Đề nghị UBND tỉnh bổ sung kinh phí đo đạc đất đai cho huyện {place}.

TM. ỦY BAN NHÂN DÂN
CHỦ TỊCH

Nguyễn Văn Bình
"""
    return body if PICTURES else told + body


def test_a_clerks_day(office: str, chromium: Any, tmp_path: Path) -> None:
    """Takes in ten petitions, corrects two, finds a duplicate, exports the month."""
    clerk = Visitor(chromium, office, "clerk", accept_downloads=True)
    page = clerk.page
    clerk.look("bang-lam-viec-trong", "/")
    clerk.look("nhap-don", "/petitions/new")
    for text in PETITIONS[:3]:
        page.goto("/petitions/new")
        page.fill("#text", text)
        page.fill("#commune", "xã Hoà Phú")
        page.fill("#province", "Quảng Ngãi")
        page.fill("#name", "Nguyễn Văn Tư")
        page.press("#text", "Control+Enter")
        page.wait_for_url("**/petitions/*?done=*")
    table = tmp_path / "don-thang.csv"
    rows = "".join(f'"{t}",{date.today():%d/%m/%Y},xã Hoà Phú,Quảng Ngãi\n' for t in [*PETITIONS[3:], COPY])
    table.write_text("Nội dung đơn,Ngày nhận,Xã,Tỉnh\n" + rows, encoding="utf-8")
    page.goto("/imports")
    page.set_input_files("input[type=file]", str(table))
    page.wait_for_url("**/imports/*")
    assert page.input_value("#map_text") == "Nội dung đơn"
    clerk.look("nhap-hang-loat")
    page.click("button:has-text('Chạy thử')")
    page.wait_for_selector("text=7 dòng nhập được")
    page.wait_for_selector("button:has-text('Nhập vào sổ')")
    page.click("button:has-text('Nhập vào sổ')")
    page.wait_for_selector("text=7 đơn")
    clerk.look("hop-viec", "/inbox")
    assert page.locator("[data-row]").count() == 10
    assert page.locator("[data-row]").first.locator(".chip.khan").count() == 1

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/petitions/*?tray=waiting")
    clerk.look("mot-don")
    confirmed = corrected = 0
    duplicate = ""
    while "/inbox" not in page.url:
        here = page.url
        if page.locator("text=đơn rất giống").count() and not duplicate:
            duplicate = page.locator("a:has-text('Đơn số')").first.get_attribute("href") or ""
        if corrected < 2:
            page.keyboard.press("s")
            page.locator("#edit[open]").wait_for()
            if not corrected:
                clerk.look("sua-nhan")
            page.check("input[name=urgency][value=uu_tien]")
            page.check("input[name=fields][value=cong_vu]")
            page.click("button:has-text('Lưu nhãn sửa')")
            corrected += 1
        else:
            page.keyboard.press("x")
            confirmed += 1
        page.wait_for_url(lambda url, here=here: url != here)
        page.wait_for_selector("text=Hoàn tác")
        page.wait_for_load_state("networkidle")
    assert (corrected, confirmed) == (2, 8)
    page.keyboard.press("z")
    page.wait_for_selector("text=Đã hoàn tác")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("x")
    page.wait_for_selector("text=Đã xác nhận")
    assert duplicate
    clerk.look("so-hai-don", duplicate)
    assert page.locator("mark.diff").count() > 0

    clerk.look("so-don", "/petitions?q=duong")
    page.fill("#q", "thu hoi dat")
    expect(page.locator("#table tbody tr")).to_have_count(2)
    clerk.look("thong-ke", "/statistics")
    with page.expect_download() as exported:
        page.click("a:has-text('Excel')")
    assert zipfile.is_zipfile(exported.value.path())
    with page.expect_download() as register:
        page.goto("/petitions")
        page.click("a:has-text('Excel')")
    assert zipfile.is_zipfile(register.value.path())
    clerk.context.close()


def test_reading_one_petition_shows_labels_and_the_words_that_carry_them(office: str, chromium: Any) -> None:
    clerk = Visitor(chromium, office, "clerk")
    page = clerk.look("doc-mot-don-trong", "/read")
    text = "Kính gửi 😀 UBND xã. Nhà tôi bị thu hồi đất, đã gửi nhiều lần, điện rò rất nguy hiểm."
    page.fill("#text", text)
    page.click("button:has-text('Đọc đơn')")
    page.wait_for_selector("#petition-text mark")
    assert page.inner_text("#petition-text") == text
    marked = page.locator("#petition-text mark").all_inner_texts()
    assert any("đất" in m.lower() for m in marked)
    clerk.look("doc-mot-don")
    page.goto("/read")
    page.set_input_files("input[type=file]", {"name": "trong.txt", "mimeType": "text/plain", "buffer": b" \n "})
    page.click("button:has-text('Đọc đơn')")
    page.wait_for_selector("[role=alert]")
    clerk.context.close()


def test_a_writers_day(office: str, chromium: Any, tmp_path: Path) -> None:
    """Uploads three reports, searches without accents, reviews, and builds a Word document with citations."""
    writer = Visitor(chromium, office, "writer", accept_downloads=True)
    page = writer.page
    page.goto("/reports")
    files = []
    for place, year in (("Bình Sơn", 2024), ("Tư Nghĩa", 2023), ("Mộ Đức", 2022)):
        path = tmp_path / f"bao-cao-{year}.txt"
        path.write_text(office_report(place, year), encoding="utf-8")
        files.append(str(path))
    page.set_input_files("input[type=file]", files)
    page.wait_for_selector("table tbody tr:nth-child(3)")
    writer.look("thu-vien-bao-cao")
    page.click("tbody tr:nth-child(1) a")
    page.wait_for_selector("[data-card]")
    page.locator("a:has-text('Xem nguyên văn')").first.click()
    page.wait_for_selector("mark.current")
    writer.look("mot-bao-cao")
    page.fill("#q", "dat dai")
    expect(page.locator("#found [data-card]")).to_have_count(2)
    assert all("đất đai" in t for t in page.locator("#found mark.hit").all_inner_texts())

    writer.look("tra-cuu-trong", "/findings")
    page.fill("#q", "thu tuc hanh chinh cham")
    expect(page.locator("#results [data-card]")).to_have_count(3)
    writer.look("tra-cuu")
    for i in range(3):
        page.locator("#results [data-card]").nth(i).locator("button:has-text('Vào giỏ')").click()
        expect(page.locator("#results [aria-pressed=true]")).to_have_count(i + 1)
    first = page.locator("#results [data-card]").first
    first.locator("button:has-text('Chấp nhận')").click()
    page.wait_for_selector("#results .chip:has-text('Chấp nhận')")
    second = page.locator("#results [data-card]").nth(1)
    second.locator("button:has-text('Sửa')").click()
    page.locator("#results textarea").fill("Thủ tục hành chính ở xã còn chậm.")
    writer.look("sua-phat-hien")
    page.locator("#results button:has-text('Lưu'):not([data-dialog])").click()
    page.wait_for_selector("text=Nguyên văn máy trích")
    second = page.locator("#results [data-card]").nth(1)
    second.locator("a:has-text('Tương tự')").click()
    page.wait_for_selector("text=Lịch sử rà soát")
    writer.look("phat-hien-tuong-tu")
    writer.look("phat-hien-lap-lai", "/findings/groups")
    assert page.locator("text=3 báo cáo").count() >= 1
    writer.look("gio-trich-dan", "/basket")
    assert page.locator("ol.list > li").count() == 3
    with page.expect_download() as download:
        page.click("button:has-text('Tải Word')")
    with zipfile.ZipFile(io.BytesIO(Path(download.value.path()).read_bytes())) as docx:
        words = docx.read("word/document.xml").decode()
    assert "Thủ tục hành chính ở xã còn chậm." in words
    assert "/BC-UBND" in words
    writer.context.close()


def test_a_researchers_and_an_administrators_day(office: str, chromium: Any) -> None:
    """Exports redacted data and reads agreement; adds a user, who must set a password, and checks the audit."""
    researcher = Visitor(chromium, office, "researcher", accept_downloads=True)
    page = researcher.look("mo-hinh-dong-thuan", "/models")
    with page.expect_download() as download:
        page.click("a:has-text('Dữ liệu đã che danh tính')")
    assert Path(download.value.path()).exists()
    researcher.look("dan-noi-bao-cao-noi", "/matters?field=dat_dai")
    assert page.goto("/audit").status == 403
    researcher.trouble.clear()
    researcher.context.close()

    admin = Visitor(chromium, office, "admin")
    page = admin.look("tai-khoan", "/users")
    page.fill("#username", "handler")
    page.fill("#display_name", "Võ Thị Sáu")
    page.check("input[name=role][value=handler] >> nth=-1")
    page.click("button:has-text('Tạo, cấp mật khẩu')")
    password = page.inner_text("code.secret")
    admin.look("nhat-ky", "/audit?check=1")
    assert page.locator("text=Chuỗi nguyên vẹn").count() == 1
    assert page.locator("td:has-text('Tạo tài khoản')").count() >= 1
    admin.look("he-thong", "/system?check=1", hide="dt:has-text('Cơ sở dữ liệu') + dd")
    admin.look("viec-chay-nen", "/jobs")
    admin.look("quy-tac", "/rules")
    admin.context.close()

    context = chromium.new_context(base_url=office, viewport=WIDE)
    page = context.new_page()
    page.goto("/inbox")
    page.fill("#username", "handler")
    page.fill("#password", password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/account")
    for field, value in (("#old", password), ("#new", PASSWORD), ("#again", PASSWORD)):
        page.fill(field, value)
    page.keyboard.press("Enter")
    page.wait_for_url("**/")
    assert page.locator("nav >> text=Hộp việc").count() == 1
    assert page.locator("nav >> text=Tài khoản").count() == 0
    context.close()


@pytest.mark.parametrize(("look", "context"), [("toi", {"color_scheme": "dark"}), ("dien-thoai", {"viewport": PHONE})])
def test_pages_hold_in_the_dark_and_on_a_phone(office: str, chromium: Any, look: str, context: dict[str, Any]) -> None:
    clerk = Visitor(chromium, office, "clerk", **context)
    for name, path in (("hop-viec", "/inbox?tray=open"), ("doc-mot-don", "/read"), ("so-don", "/petitions"),
                       ("thong-ke", "/statistics")):  # fmt: skip
        clerk.look(f"{name}-{look}", path)
    clerk.page.goto("/inbox?tray=open")
    clerk.page.locator("[data-row-link]").first.click()
    clerk.page.wait_for_selector("#petition-text")
    clerk.look(f"mot-don-{look}")
    if look == "dien-thoai":
        clerk.page.click("[data-menu]")
        clerk.look(f"trinh-don-{look}")
    clerk.context.close()


def test_a_page_without_script_still_works(office: str, chromium: Any) -> None:
    clerk = Visitor(chromium, office, "clerk", java_script_enabled=False)
    page = clerk.page
    page.goto("/read")
    page.fill("#text", "Rác thải đầy ngõ.")
    page.click("button:has-text('Đọc đơn')")
    assert page.locator("#petition-text mark").count() >= 1
    page.goto("/petitions?q=rac")
    assert page.locator("tbody tr").count() >= 1
    clerk.context.close()
