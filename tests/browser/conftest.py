"""A real Chromium for the page tests. Without one the tests are skipped, unless CI_REQUIRE_ALL=1 demands them."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

CHROMIUM = Path("/usr/bin/chromium")
INSTALLED = CHROMIUM.exists()
ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE = (1440, 900)
NARROW = (375, 812)


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """Debian's Chromium, started for one test."""
    if not INSTALLED:
        reason = f"{CHROMIUM} is not installed (apt-get install chromium)"
        if os.environ.get("CI_REQUIRE_ALL") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        try:
            yield chromium
        finally:
            await chromium.close()


def _is_error(message: ConsoleMessage) -> bool:
    """A test that cuts the network off expects the browser to say so."""
    return message.type == "error" and "ERR_INTERNET_DISCONNECTED" not in message.text


@pytest.fixture
async def browser_page(browser: Browser) -> AsyncIterator[Page]:
    """A page of 1440 x 900; the test fails when the page reports an error (a refused script or style included)."""
    page = await browser.new_page(viewport={"width": WIDE[0], "height": WIDE[1]}, locale="vi-VN")
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda message: complaints.append(message.text) if _is_error(message) else None)
    yield page
    assert complaints == []
