"""The simulator's page in a real Chromium, in front of the echo bot behind the real webhook routes."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest
from playwright.async_api import Locator, Page, expect

from chatbot.model import EventKind
from chatbot.simulator import Simulator
from tests.browser.conftest import NARROW
from tests.simulator.echo_bot import EchoBot, echo_bot

pytestmark = pytest.mark.browser


@dataclass(slots=True)
class Desk:
    """The open page and the bot behind it."""

    page: Page
    bot: EchoBot

    def phone(self, channel: str) -> Locator:
        """One of the two phones."""
        return self.page.locator(f".phone.{channel}")

    async def say(self, channel: str, text: str) -> None:
        """Type a message and press Enter."""
        box = self.phone(channel).get_by_role("textbox")
        await box.fill(text)
        await box.press("Enter")

    async def more(self, channel: str, label: str) -> None:
        """Choose from the "+" menu."""
        await self.phone(channel).get_by_label("Thêm").click()
        await self.phone(channel).get_by_role("button", name=label).click()


@pytest.fixture
async def desk(browser_page: Page) -> AsyncIterator[Desk]:
    simulator = await Simulator.start("http://127.0.0.1:9")
    async with echo_bot(simulator) as (origin, bot):
        await browser_page.goto(f"{origin}/simulator")
        await expect(browser_page.locator("body[data-ready]")).to_be_attached()
        yield Desk(browser_page, bot)
        await browser_page.goto("about:blank")


async def test_typing_and_tapping_on_zalo(desk: Desk) -> None:
    zalo = desk.phone("zalo")
    await expect(zalo.get_by_role("heading")).to_contain_text("Bảo hiểm xã hội Việt Nam")
    await desk.say("zalo", "nam sinh 1965 bao giờ nghỉ hưu ạ?")
    answer = zalo.locator(".line.bot").last
    await expect(answer).to_contain_text("61 tuổi 6 tháng")
    await expect(zalo.locator(".line.citizen .state")).to_have_text("Đã gửi")
    await expect(answer.get_by_role("button")).to_have_text(["Nữ nghỉ năm nào", "Giấy tờ cần có", "Gặp nhân viên"])
    await answer.get_by_role("button", name="Giấy tờ cần có").click()
    await expect(zalo.locator(".line.bot .text").last).to_have_text("Anh/chị đã chọn faq huu_ho_so")
    await expect(zalo.locator(".line.note")).to_have_text("Đã chọn: Giấy tờ cần có")
    await expect(desk.phone("messenger").locator(".line")).to_have_count(0)


async def test_quick_replies_on_messenger_go_after_one_tap(desk: Desk) -> None:
    messenger = desk.phone("messenger")
    await messenger.get_by_role("button", name="Bắt đầu", exact=True).click()
    pills = messenger.locator(".quick").get_by_role("button")
    await expect(pills).to_have_count(3)
    await pills.nth(1).press("Enter")
    await expect(messenger.locator(".line.bot .text").last).to_have_text("Anh/chị đã chọn faq huu_ho_so")
    await expect(pills).to_have_count(0)
    assert EventKind.ACTION in desk.bot.kinds()


async def test_links_and_calls_are_explained_not_opened(desk: Desk) -> None:
    for channel in ("zalo", "messenger"):
        await desk.say(channel, "cổng dịch vụ công ở đâu")
        await desk.phone(channel).get_by_role("button", name="Mở cổng dịch vụ").click()
        await expect(desk.page.locator("#toast")).to_contain_text("https://dichvucong.baohiemxahoi.gov.vn")
        await desk.phone(channel).get_by_role("button", name="Gọi 1900.9068").click()
        await expect(desk.page.locator("#toast")).to_contain_text("bản chạy thử không gọi")
    assert len(desk.page.context.pages) == 1


async def test_attachments_and_an_officer(desk: Desk) -> None:
    await desk.more("messenger", "Gửi giọng nói")
    await expect(desk.phone("messenger").locator(".line.bot .text")).to_contain_text("chưa xem được audio")
    await desk.more("zalo", "Gửi nhãn dán")
    await expect(desk.phone("zalo").get_by_role("img", name="Nhãn dán thích")).to_be_visible()
    await desk.more("zalo", "Cán bộ trả lời")
    await desk.page.get_by_role("dialog").get_by_label("Nội dung").fill("Em kiểm tra giúp bác.")
    await desk.page.get_by_role("dialog").get_by_role("button", name="Gửi").click()
    await expect(desk.phone("zalo").locator(".line.staff")).to_contain_text("Em kiểm tra giúp bác.")
    await desk.say("zalo", "cảm ơn em")
    await expect(desk.phone("zalo").locator(".line.citizen .state").last).to_have_text("Đã gửi")
    await expect(desk.phone("zalo").locator(".line").last).to_contain_text("cảm ơn em")


async def test_the_drawer_explains_and_examples_are_sent(desk: Desk) -> None:
    drawer = desk.page.get_by_role("complementary")
    await expect(drawer).to_contain_text("Chưa có lượt trả lời nào.")
    await desk.say("messenger", "bao giờ nghỉ hưu")
    await expect(drawer).to_contain_text("Lượt gần nhất trên Messenger")
    await expect(drawer).to_contain_text("Điều 169 Bộ luật Lao động 2019")
    await expect(drawer).to_contain_text("22/11/2026")
    await drawer.get_by_role("button", name="quen mat khau vssid roi").click()
    await expect(desk.phone("messenger").locator(".line.citizen").last).to_contain_text("quen mat khau vssid roi")


async def test_a_reload_keeps_the_citizen_and_a_new_one_starts_over(desk: Desk) -> None:
    await desk.say("zalo", "chào em")
    await expect(desk.phone("zalo").locator(".line")).to_have_count(2)
    await desk.page.reload()
    await expect(desk.phone("zalo").locator(".line")).to_have_count(2)
    await desk.page.get_by_role("button", name="Người dân mới").click()
    await expect(desk.phone("zalo").locator(".line")).to_have_count(0)
    await desk.say("zalo", "xin chào")
    await expect(desk.phone("zalo").locator(".line")).to_have_count(2)
    assert len({event.conversation for event in desk.bot.got if event.kind is EventKind.TEXT}) == 2


async def test_a_narrow_screen_shows_one_phone_at_a_time(desk: Desk) -> None:
    await desk.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    await desk.say("zalo", "W" * 300 + " bao giờ nghỉ hưu")
    await expect(desk.phone("zalo").locator(".line.bot")).to_be_visible()
    await expect(desk.phone("messenger")).to_be_hidden()
    await desk.page.get_by_role("button", name="Chữ to").click()
    for tab in ("Messenger", "Giải thích", "Zalo"):
        await desk.page.get_by_role("navigation").get_by_role("button", name=tab).click()
        width = await desk.page.locator("body").evaluate("body => body.ownerDocument.documentElement.scrollWidth")
        assert width == NARROW[0], tab
    await expect(desk.phone("zalo").get_by_role("textbox")).to_be_in_viewport()


async def test_it_works_by_keyboard_alone(desk: Desk) -> None:
    page = desk.page
    await desk.phone("zalo").get_by_role("textbox").focus()
    await page.keyboard.type("bao giờ nghỉ hưu")
    await page.keyboard.press("Enter")
    answer = desk.phone("zalo").locator(".line.bot")
    await expect(answer).to_contain_text("Căn cứ")
    await answer.get_by_role("button", name="Gặp nhân viên").focus()
    await page.keyboard.press("Space")
    await expect(desk.phone("zalo").locator(".line.bot .text").last).to_have_text("Anh/chị đã chọn human")
    await desk.phone("zalo").get_by_label("Thêm").focus()
    await page.keyboard.press("Enter")
    await expect(desk.phone("zalo").locator(".menu")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(desk.phone("zalo").locator(".menu")).to_be_hidden()
