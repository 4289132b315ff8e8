"""What happens to people at a browser on a bad day: double clicks, an ended session, no connection, another's edit."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from sqlalchemy import delete, func, select

from api.records.accounts import LoginSession
from api.records.petitions import Petition

visitors = sys.modules["langnghe_visitors"]
Visitor, expect = visitors.Visitor, visitors.expect
pytestmark = pytest.mark.browser
ROAD = "Đường liên thôn hư hỏng nặng, học sinh đi học rất khổ, đề nghị sửa chữa."


def petitions(app: Any) -> int:
    with app.state.service.records.read() as session:
        return int(session.scalar(select(func.count()).select_from(Petition)) or 0)


@pytest.fixture
def clerk(office: str, chromium: Any) -> Any:
    who = Visitor(chromium, office, "clerk")
    yield who
    who.context.close()


def written(clerk: Any, text: str) -> Any:
    """The form of a new petition with a text in it."""
    page = clerk.page
    page.goto("/petitions/new")
    page.fill("#text", text)
    return page


def test_a_double_click_enters_one_petition(office_app: Any, clerk: Any) -> None:
    before = petitions(office_app)
    page = written(clerk, ROAD)
    page.dblclick("button:has-text('Vào sổ')")
    page.wait_for_url("**/petitions/*?done=*")
    page.wait_for_load_state("networkidle")
    assert petitions(office_app) == before + 1


def test_what_was_typed_outlives_the_session(office_app: Any, clerk: Any) -> None:
    page = written(clerk, ROAD + " Viết lúc phiên sắp hết.")
    with office_app.state.service.records.write() as session:
        session.execute(delete(LoginSession))
    page.click("button:has-text('Vào sổ')")
    page.wait_for_selector("#session-over[open]")
    clerk.trouble.clear()
    clerk.check("phien-da-het")
    assert page.input_value("#text").endswith("sắp hết.")
    with clerk.context.expect_page() as opened:
        page.click("#session-over a")
    other = opened.value
    other.fill("#username", "clerk")
    other.fill("#password", visitors.PASSWORD)
    other.keyboard.press("Enter")
    other.wait_for_url("**/")
    other.close()
    page.bring_to_front()
    page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(page.locator("#session-over[open]")).to_have_count(0)
    page.click("button:has-text('Vào sổ')")
    page.wait_for_url("**/petitions/*?done=*")


def test_what_was_typed_outlives_a_lost_connection(clerk: Any) -> None:
    page = written(clerk, ROAD + " Viết lúc mất mạng.")
    clerk.context.set_offline(True)
    page.click("button:has-text('Vào sổ')")
    page.wait_for_selector(".offline-note:visible")
    clerk.trouble.clear()
    clerk.check("mat-ket-noi")
    assert page.input_value("#text").endswith("mất mạng.")
    clerk.context.set_offline(False)
    page.click("button:has-text('Vào sổ')")
    page.wait_for_url("**/petitions/*?done=*")


def test_enter_in_the_note_saves_the_correction_and_back_shows_what_was_decided(clerk: Any) -> None:
    page = written(clerk, "Rác thải chất đống cạnh chợ, mùi hôi ảnh hưởng các hộ xung quanh.")
    page.press("#text", "Control+Enter")
    page.wait_for_url("**/petitions/*?done=*")
    page.wait_for_load_state("networkidle")
    here = page.url
    page.keyboard.press("s")
    page.locator("#edit[open]").wait_for()
    page.check("#edit input[name=urgency][value=uu_tien]")
    page.fill("#note", "theo lời người dân")
    page.press("#note", "Enter")
    page.wait_for_selector("text=Đã lưu nhãn sửa")
    page.goto(here)
    expect(page.locator("h2:has-text('Đã quyết định')")).to_have_count(1)
    expect(page.locator(".decide q")).to_have_text("theo lời người dân")


def test_two_clerks_at_one_petition_are_told_of_each_other(office: str, chromium: Any, clerk: Any) -> None:
    page = written(clerk, "Kẻ gian trộm cắp xe đạp ở khu trọ, đề nghị công an vào cuộc.")
    page.press("#text", "Control+Enter")
    page.wait_for_url("**/petitions/*?done=*")
    where = page.url.split("?")[0]
    other = Visitor(chromium, office, "clerk")
    other.page.goto(where)
    other.page.wait_for_load_state("networkidle")
    page.goto(where)
    page.wait_for_load_state("networkidle")
    page.keyboard.press("d")
    page.wait_for_selector("text=Đã để lại")
    other.page.keyboard.press("x")
    other.page.wait_for_selector("h1:has-text('Dữ liệu đã bị người khác thay đổi')")
    other.trouble.clear()
    other.check("nguoi-khac-vua-sua")
    other.page.click("text=Tải lại trang")
    expect(other.page.locator("#petition-text")).to_have_count(1)
    other.context.close()


def test_findings_are_reviewed_by_keyboard_and_the_place_is_kept(office: str, chromium: Any) -> None:
    writer = Visitor(chromium, office, "writer")
    page = writer.page
    lines = "\n".join(f"Việc giải quyết hồ sơ ở xã số {i} còn chậm." for i in range(1, 301))
    report = f"title: Báo cáo dài\nissuer: UBND huyện Nam\nnumber: 9/BC\ndate: 2024-01-02\nII. HẠN CHẾ\n{lines}\n"
    page.goto("/reports")
    page.set_input_files("input[type=file]", {"name": "dai.txt", "mimeType": "text/plain", "buffer": report.encode()})
    page.wait_for_selector("[data-card]")
    expect(page.locator("[data-card]")).to_have_count(300)
    page.wait_for_load_state("networkidle")
    cards = page.locator("#found [data-row]")
    for key, shown in (("a", ".chip:has-text('Chấp nhận')"), ("r", ".chip:has-text('Loại bỏ')"),
                       ("b", "[aria-pressed=true]")):  # fmt: skip
        page.keyboard.press("j")
        page.keyboard.press(key)
        active = page.locator("[data-row].active")
        expect(active.locator(shown)).to_have_count(1)
        expect(active).to_have_count(1)
        assert page.evaluate("Boolean(document.activeElement.closest('[data-row].active'))")
    assert "active" in (cards.nth(2).get_attribute("class") or "")
    page.keyboard.press("j")
    page.keyboard.press("e")
    expect(page.locator("#found textarea")).to_be_focused()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Đã đối chiếu.")
    page.keyboard.press("Control+Enter")
    expect(cards.nth(3).locator(".chip:has-text('Đã sửa')")).to_have_count(1)
    writer.check("mot-bao-cao-dai")
    writer.context.close()


THEMES = [("light", {}), ("dark", {"color_scheme": "dark"}), ("phone", {"viewport": visitors.PHONE})]
PAGES = {
    "clerk": ("/", "/read", "/inbox?tray=open", "/petitions", "/petitions/new", "/statistics", "/matters", "/imports",
              "/reports", "/findings", "/account"),
    "writer": ("/", "/reports", "/findings", "/findings/groups", "/basket"),
    "researcher": ("/", "/models"),
    "admin": ("/", "/users", "/audit?check=1", "/system?check=1", "/jobs", "/rules"),
}  # fmt: skip


@pytest.mark.parametrize(("theme", "context"), THEMES)
def test_every_page_is_accessible(office: str, chromium: Any, theme: str, context: dict[str, Any]) -> None:
    for who, paths in PAGES.items():
        visitor = Visitor(chromium, office, who, **context)
        for path in paths:
            visitor.page.goto(path)
            visitor.page.wait_for_load_state("networkidle")
            visitor.check(f"{theme} {who} {path}")
        visitor.context.close()
    stranger = chromium.new_context(base_url=office, **{"viewport": visitors.WIDE, **context})
    page = stranger.new_page()
    page.goto("/login")
    assert not visitors.faults(page)
    stranger.close()


def test_a_long_petition_prints_whole_with_its_labels(clerk: Any) -> None:
    page = written(clerk, (ROAD + "\n") * 500)
    page.press("#text", "Control+Enter")
    page.wait_for_url("**/petitions/*?done=*", timeout=120_000)
    page.wait_for_load_state("networkidle")
    page.mouse.wheel(0, 20_000)
    expect(page.locator(".decide")).to_be_in_viewport()
    page.emulate_media(media="print")
    assert page.locator("nav#nav").is_hidden()
    assert page.locator(".proposed").is_visible()
    assert page.locator(".decide button").first.is_hidden()
    wide = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 1
