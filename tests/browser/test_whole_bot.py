"""What the README promises: the simulator runs, a person types on both phones, and right answers come with buttons."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.conftest import NARROW

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ROOT = Path(__file__).parents[2]
START_S = 240
"""The first start of a fresh clone learns from the content."""


@pytest.fixture
async def address(tmp_path: Path) -> AsyncIterator[str]:
    """A real process on a free port, in a folder of its own, with the cached model of this checkout."""
    furnish(tmp_path)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "chatbot", "run", "--simulator", "--port", "0"),
        cwd=tmp_path,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        yield await asyncio.wait_for(_started(process), START_S)
    finally:
        process.terminate()
        with suppress(ProcessLookupError):
            await asyncio.wait_for(process.wait(), 15)


def furnish(folder: Path) -> None:
    """Configuration, content and model for a process that runs there."""
    settings = (ROOT / "config.yaml").read_text(encoding="utf-8")
    own = settings.replace("intents: intents", f"intents: {ROOT}/intents")
    (folder / "config.yaml").write_text(own, encoding="utf-8")
    (folder / "var").mkdir()
    cached = ROOT / "var" / "model"
    if cached.exists():
        (folder / "var" / "model").symlink_to(cached)


async def _started(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    async for line in process.stderr:
        with suppress(json.JSONDecodeError):
            event = json.loads(line)
            if event.get("event") == "started":
                return str(event["address"])
    raise AssertionError(f"the bot ended with {await process.wait()}")


def phone(page: Page, channel: str) -> Locator:
    return page.locator(f".phone.{channel}")


async def say(page: Page, channel: str, text: str) -> None:
    box = phone(page, channel).get_by_role("textbox")
    await box.fill(text)
    await box.press("Enter")


def last(page: Page, channel: str) -> Locator:
    return phone(page, channel).locator(".line.bot").last


async def test_a_conversation_on_each_phone(address: str, browser_page: Page) -> None:
    page = browser_page
    await page.goto(f"{address}/simulator")
    await expect(page.locator("body[data-ready]")).to_be_attached()

    breaker = phone(page, "messenger").get_by_role("button", name="Số này thật không?")
    await expect(breaker).to_be_visible()
    await phone(page, "messenger").get_by_label("Thêm").click()
    await expect(phone(page, "messenger").get_by_role("group", name="Menu của trang")).to_contain_text("Gặp nhân viên")
    await page.keyboard.press("Escape")

    await say(page, "zalo", "luong co so bay gio bao nhieu")
    await expect(last(page, "zalo")).to_contain_text("2.530.000 đồng")
    await expect(last(page, "zalo")).to_contain_text("Căn cứ")
    await expect(phone(page, "zalo").locator(".line.bot").first).to_contain_text("trợ lý tự động")
    await last(page, "zalo").get_by_role("button").first.click()
    await expect(last(page, "zalo")).to_contain_text("2.340.000 đồng")

    await say(page, "messenger", "em quên mật khẩu vssid rồi")
    await expect(last(page, "messenger")).to_contain_text("hộp thư (email)")
    await phone(page, "messenger").get_by_role("button", name="Còn mở được").click()
    await phone(page, "messenger").get_by_role("button", name="Trên điện thoại").click()
    await expect(last(page, "messenger")).to_contain_text("Bước 1/5")
    await say(page, "messenger", "lay lai mk co mat tien ko")
    await expect(last(page, "messenger")).to_contain_text("quay lại bước 1")
    await expect(phone(page, "messenger").locator(".line.bot").nth(-2)).to_contain_text("miễn phí")
    await say(page, "messenger", "xong roi")
    await expect(last(page, "messenger")).to_contain_text("Bước 2/5")

    await say(page, "zalo", "cccd 049085123456 thì tra cứu ở đâu")
    await expect(last(page, "zalo")).to_contain_text("đã che lại")
    await expect(page.locator("body")).to_contain_text("[CCCD]")
    await page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    wide = await page.evaluate("document.documentElement.scrollWidth")
    assert wide <= NARROW[0]
