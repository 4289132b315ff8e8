"""People at browsers: a running office with one account a role, and visitors whose every page is checked.

With `LANGNGHE_SCREENSHOTS` set to a folder the live models read and the pages are kept as pictures.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from api.http.app import create_app
from api.readers import load_readers
from api.records.audit import SYSTEM
from api.security import accounts
from api.settings import Settings

PASSWORD = "con sông nhỏ chảy qua làng"
NAMES = {"clerk": "Trần Thu Hà", "writer": "Lê Minh Quân", "researcher": "Phạm Ngọc Lan"}
AXE = Path(__file__).with_name("vendor") / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
PICTURES = os.environ.get("LANGNGHE_SCREENSHOTS", "")
WIDE, PHONE = {"width": 1280, "height": 860}, {"width": 390, "height": 844}


@contextmanager
def running_office(path: Path, fake_readers: Any) -> Iterator[Any]:
    """An office on the database at `path`: gives the application, with the address of its pages as `app.state.base`."""
    import uvicorn

    readers = fake_readers
    if PICTURES:
        live = load_readers()
        readers = live if not live.trouble else fake_readers
    app = create_app(Settings(database=f"sqlite:///{path}", job_poll_s=0.05), readers)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    with app.state.service.records.write() as session:
        for role, name in NAMES.items():
            accounts.create_user(session, role, [role], SYSTEM, display_name=name, password=PASSWORD)
        admin = accounts.find_user(session, "admin")
        assert admin
        admin.password_hash, admin.must_change_password = accounts.passwords.digest(PASSWORD), False
    app.state.base = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    yield app
    server.should_exit = True
    thread.join(timeout=10)


@contextmanager
def running_browser() -> Iterator[Any]:
    """Debian's Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # The sandbox needs rights that a container's root does not have.
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox", "--lang=vi"])
        yield browser
        browser.close()


def expect(locator: Any) -> Any:
    """Playwright's waiting assertion; imported late, because Playwright may be absent."""
    from playwright.sync_api import expect as waiting

    # As patient as the pages themselves: a busy machine is not a fault of the console.
    waiting.set_options(timeout=30_000)

    return waiting(locator)


def faults(page: Any) -> list[tuple[str, str, list[Any]]]:
    """What axe-core finds wrong with the page as it stands."""
    # Playwright's own evaluation is not bound by the page's policy, which allows no such script.
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("(rules) => axe.run({runOnly: rules})", RULES)
    return [(v["id"], v["help"], [n["target"] for n in v["nodes"]][:3]) for v in found["violations"]]


class Visitor:
    """A person at a browser; every page they look at is checked, and kept as a picture on request."""

    def __init__(self, browser: Any, base: str, name: str, **context: Any) -> None:
        self.context = browser.new_context(base_url=base, locale="vi-VN", **{"viewport": WIDE, **context})
        self.page = self.context.new_page()
        self.page.set_default_timeout(60_000)
        self.trouble: list[str] = []
        self.page.on("console", lambda m: self.trouble.append(m.text) if m.type == "error" else None)
        self.page.on("pageerror", lambda e: self.trouble.append(str(e)))
        self.page.goto("/login")
        self.page.fill("#username", name)
        self.page.fill("#password", PASSWORD)
        self.page.click("button:has-text('Đăng nhập')")
        self.page.wait_for_url("**/")

    def look(self, name: str, path: str = "", hide: str = "") -> Any:
        """Go to a page (or stay), check it, and keep its picture, without what tells of this machine."""
        if path:
            self.page.goto(path)
        self.check(name)
        if PICTURES:
            self.page.wait_for_load_state("networkidle")
            folder = Path(PICTURES)
            folder.mkdir(parents=True, exist_ok=True)
            hidden = [self.page.locator(hide)] if hide else []
            self.page.screenshot(path=str(folder / f"{name}.png"), mask=hidden, mask_color="#efede6")
        return self.page

    def check(self, name: str) -> None:
        """No accessibility fault that axe-core can see, no script error, no sideways scrolling."""
        found = faults(self.page)
        assert not found, (name, found)
        assert not self.trouble, (name, self.trouble)
        wide = self.page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 1, (name, wide)
