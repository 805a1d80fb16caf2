"""The simulator's page in a real Chromium, in front of the echo bot behind the real webhook routes."""

import re
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

    async def say_elsewhere(self, text: str) -> None:
        """The same citizen writes on Zalo, but not on this page."""
        citizen = await self.page.evaluate("JSON.parse(sessionStorage.citizens).zalo")
        wish = {"channel": "zalo", "citizen": citizen, "act": "text", "text": text}
        answer = await self.page.request.post(f"{self.page.url}/act", data=wish)
        assert answer.ok

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
    await drawer.get_by_text("Thử hỏi").click()
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


async def scrolled(log: Locator) -> tuple[int, int]:
    """Pixels above the window of a conversation, and below it."""
    above, below = await log.evaluate("log => [log.scrollTop, log.scrollHeight - log.clientHeight - log.scrollTop]")
    return round(above), round(below)


async def test_a_long_answer_is_read_from_its_beginning(desk: Desk) -> None:
    zalo, log = desk.phone("zalo"), desk.phone("zalo").get_by_role("log")
    await desk.say("zalo", "kể thật dài")
    await expect(zalo.get_by_role("button", name="Xem tiếp")).to_be_visible()
    await expect(zalo.locator(".line.bot .text").last).to_be_in_viewport(ratio=0.1)
    beginning = await scrolled(log)
    assert beginning[1] > 500
    await zalo.get_by_role("button", name="Xem tiếp").click()
    await expect(zalo.get_by_role("button", name="Gặp nhân viên")).to_be_in_viewport()
    await expect(zalo.get_by_role("button", name="Xem tiếp")).to_be_hidden()


async def test_whoever_reads_above_is_not_torn_away(desk: Desk) -> None:
    zalo, log = desk.phone("zalo"), desk.phone("zalo").get_by_role("log")
    for number in range(12):
        await desk.say("zalo", f"câu số {number} về hưu")
    await expect(zalo.locator(".line.bot")).to_have_count(12)
    await expect(zalo.get_by_role("button", name="Gặp nhân viên").last).to_be_in_viewport()
    await log.hover()
    await desk.page.mouse.wheel(0, -9000)
    await expect(zalo.locator(".stamp")).to_be_in_viewport()
    await expect(zalo.get_by_role("button", name="Xem tiếp")).to_be_visible()
    await desk.say_elsewhere("từ một cửa sổ khác")
    await expect(zalo.locator(".line.bot")).to_have_count(13)
    await expect(zalo.locator(".stamp")).to_be_in_viewport()
    assert (await scrolled(log))[1] > 1000


async def test_the_time_stands_once_at_the_beginning(desk: Desk) -> None:
    for text in ("chào em", "bao giờ nghỉ hưu"):
        await desk.say("messenger", text)
    await expect(desk.phone("messenger").locator(".stamp")).to_have_text(re.compile(r"^\d\d:\d\d Hôm nay$"))


async def test_the_other_phone_counts_what_came_meanwhile(desk: Desk) -> None:
    await desk.page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    tabs = desk.page.get_by_role("navigation")
    await desk.say("zalo", "bao giờ nghỉ hưu")
    await tabs.get_by_role("button", name="Messenger").click()
    await desk.say_elsewhere("còn nữ thì sao")
    await expect(tabs.get_by_label("1 tin mới")).to_be_visible()
    await tabs.get_by_role("button", name="Zalo").click()
    await expect(tabs.locator(".badge:visible")).to_have_count(0)


async def test_nothing_typed_is_lost_when_the_bot_is_gone(desk: Desk) -> None:
    await desk.page.context.set_offline(True)
    await desk.say("zalo", "mẹ em 55 tuổi")
    await expect(desk.page.locator("#toast")).to_contain_text("trợ lý không chạy")
    await expect(desk.phone("zalo").get_by_role("textbox")).to_have_value("mẹ em 55 tuổi")
    await desk.page.context.set_offline(False)


async def test_what_people_type_is_shown_and_never_run(desk: Desk) -> None:
    hostile = "<img src=x onerror=alert(1)><script>alert(2)</script> & \u202eabc"
    for channel in ("zalo", "messenger"):
        await desk.say(channel, hostile)
        phone = desk.phone(channel)
        await expect(phone.locator(".line.citizen .text")).to_have_text(hostile)
        await expect(phone.locator(".bubbles img, .bubbles script")).to_have_count(0)
        await expect(phone.locator(".line.bot .text")).to_contain_text("<img src=x")


async def test_the_drawer_names_things_for_people(desk: Desk) -> None:
    drawer = desk.page.get_by_role("complementary")
    await expect(drawer.get_by_role("button", name="quen mat khau vssid roi")).to_be_visible()
    await desk.say("zalo", "số [CCCD] về hưu")
    await expect(drawer).to_contain_text("Bao nhiêu tuổi thì nghỉ hưu?")
    await expect(drawer).to_contain_text("Hiểu câu hỏi")
    await expect(drawer.locator("mark")).to_have_text("[CCCD]")
    await expect(drawer.get_by_role("button", name="quen mat khau vssid roi")).to_be_hidden()
    await drawer.get_by_text("Thử hỏi").click()
    await expect(drawer.get_by_role("button", name="quen mat khau vssid roi")).to_be_visible()
    await desk.say("zalo", "còn nữ về hưu")
    await expect(drawer.get_by_role("button", name="quen mat khau vssid roi")).to_be_visible()


async def test_an_empty_field_offers_what_the_platform_offers(desk: Desk) -> None:
    messenger = desk.phone("messenger")
    await messenger.get_by_role("button", name="Thích").click()
    await expect(messenger.get_by_role("img", name="Nhãn dán thích")).to_be_visible()
    await expect(messenger.get_by_role("button", name="Gửi", exact=True)).to_be_hidden()
    await messenger.get_by_role("textbox").fill("chào em")
    await messenger.get_by_role("button", name="Gửi", exact=True).click()
    await expect(messenger.locator(".line.citizen").last).to_contain_text("chào em")


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
