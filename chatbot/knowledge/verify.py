"""The verdict on a number, an address or a name: is it the agency's? Never "safe": only what the register says."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Self
from urllib.parse import parse_qs

from chatbot.knowledge.lookalike import (
    BRANDS,
    SHORTENERS,
    Address,
    Trick,
    address,
    hidden,
    near_number,
    skeleton,
    trick,
)
from chatbot.knowledge.mentions import Mention, Subject, mentions
from chatbot.knowledge.official import FACEBOOK_HOSTS, App, Fake, Official, Owner, Place, Standing
from chatbot.privacy.shadow import shadow


class Verdict(StrEnum):
    """What the register says. There is no "safe"."""

    GENUINE = "genuine"
    OTHER_AGENCY = "other_agency"
    FORMER = "former"
    LOOKALIKE = "lookalike"
    KNOWN_FAKE = "known_fake"
    NOT_OURS = "not_ours"
    UNKNOWN = "unknown"


class Why(StrEnum):
    """What a verdict rests on where the verdict alone does not say it; with Trick, the tail of a phrase's key."""

    NONE = ""
    MOBILE = "mobile"
    PAID_LINE = "paid_line"
    LANDLINE = "landline"
    FOREIGN = "foreign"
    SHORT_CODE = "short_code"
    SHORTENER = "shortener"
    IP = "ip"
    GOVERNMENT = "government"
    STORE = "store"
    SOCIAL = "social"
    NAME_ONLY = "name_only"
    FILE = "file"
    DIGITS = "digits"


@dataclass(frozen=True, slots=True)
class Judged:
    """One thing and its verdict. `shown` may stand in a reply: genuine things as they are, others unlinked or cut.

    `name` and `what` come from the register; `differs` is the genuine thing it resembles.
    """

    subject: Subject
    verdict: Verdict
    shown: str
    why: Why | Trick = Why.NONE
    name: str = ""
    what: str = ""
    warned: str = ""


_RANK = (
    Verdict.KNOWN_FAKE,
    Verdict.LOOKALIKE,
    Verdict.NOT_OURS,
    Verdict.UNKNOWN,
    Verdict.FORMER,
    Verdict.OTHER_AGENCY,
    Verdict.GENUINE,
)
_APP_TAIL = re.compile(
    r"\bvssid\s{0,2}[\-:]?\s{0,2}(?P<tail>pro|plus|moi|lite|update|2026|2025|v?\d\.\d|cskh|ho tro|viet nam moi|vip)\b"
)
_REMEMBERED = 1024
"""Texts, masked as ever, whose verdicts are kept: many people send the same."""
_REGISTERS = 4
"""The register in use, and those of content that is loaded beside it."""
_OUR_APP = "vssid"
_APP_FILE_WORDS = ("apk", "file cai", "tep cai dat")
_OUR_NAMES = ("bhxh", "bao hiem xa hoi")
"""Without one of these words the pattern about them matches nowhere."""
_APP_FILE = re.compile(r"\.?\bapk\b|\bfile cai\b|tep cai dat")
_APP_CUE = re.compile(r"\bapp\b|ung dung|phan mem|cai dat|ch play|app store|\btai\b")
_PAGE_CUE = re.compile(
    r"\b(?:page|fanpage|fb|face|facebook|zalo|oa|trang|nhom|group|tiktok|youtube|kenh|tai khoan|nick)\b"
)
_OUR_NAME = re.compile(
    r"(?P<front>(?:(?:ho tro|tu van|dich vu|cskh|cham soc khach hang|tong dai|trung tam)\s)?)(?:bao hiem xa hoi"
    r"|bhxh)(?P<tail>(?:\s\w+){0,4})"
)
_TAIL_OF_OURS = re.compile(r"\s*(?:viet nam|vn)\b(?!\s(?:ho tro|tu van|247|24h|24|cskh|online|dich vu|cap|tra|lay))")
_OURS_TAIL_ADDED = re.compile(r"\b(?:ho tro|tu van|247|24h|cskh|online|dich vu|nhanh)\b")


@lru_cache(maxsize=_REMEMBERED)
def judge(text: str, official: Official) -> tuple[Judged, ...]:
    """Every judgeable thing of a text with its verdict, the gravest first."""
    found = [_mention(mention, official) for mention in mentions(text)]
    found += _names(shadow(text), official, seen=bool(found))
    unique = [*dict.fromkeys(judged for judged in found if judged is not None)]
    return tuple(sorted(unique, key=lambda judged: _RANK.index(judged.verdict)))


def _mention(mention: Mention, official: Official) -> Judged | None:
    if mention.subject is Subject.PHONE:
        return judge_phone(mention.written, official)
    found = address(mention.written)
    return judge_address(found, official) if found else None


def judge_phone(written: str, official: Official) -> Judged:
    """The verdict on a number: digits, with + and the country code when abroad, or the token of a masked mobile."""
    digits = _national(written)
    phone = official.phone(digits)
    if phone is not None:
        if phone.standing is Standing.FORMER:
            return Judged(Subject.PHONE, Verdict.FORMER, phone.display, name=phone.name)
        verdict = Verdict.GENUINE if phone.owner is Owner.VSS else Verdict.OTHER_AGENCY
        return Judged(Subject.PHONE, verdict, phone.display, name=phone.name, what=phone.cost)
    fake = official.fake_phone(digits)
    if fake is not None:
        shown = f"{fake.pattern[:4]}.{fake.pattern[4:6]}…"
        return Judged(Subject.PHONE, Verdict.KNOWN_FAKE, shown, what=fake.what, warned=fake.warned)
    hotline = official.phone_by_id("hotline")
    if near_number(digits, hotline.digits):
        return Judged(Subject.PHONE, Verdict.LOOKALIKE, _short(digits), Why.DIGITS, name=hotline.display)
    return Judged(Subject.PHONE, *_other_number(written, digits))


def _other_number(written: str, digits: str) -> tuple[Verdict, str, Why]:
    if written == "[SDT]" or re.fullmatch(r"0[35789]\d{8}", digits):
        return Verdict.NOT_OURS, "di động", Why.MOBILE
    if re.fullmatch(r"1[89]00\d{1,8}", digits):
        return Verdict.NOT_OURS, _short(digits), Why.PAID_LINE
    if re.fullmatch(r"02\d{8,9}", digits):
        return Verdict.UNKNOWN, _short(digits), Why.LANDLINE
    if written.startswith("+"):
        return Verdict.NOT_OURS, _short(digits), Why.FOREIGN
    if len(digits) <= 5:
        return Verdict.NOT_OURS, digits, Why.SHORT_CODE
    return Verdict.NOT_OURS, _short(digits), Why.NONE


def _national(written: str) -> str:
    digits = "".join(char for char in written if char.isdigit())
    if written.startswith("+84") or (digits.startswith("84") and len(digits) >= 10):
        rest = digits[2:].removeprefix("0")
        return rest if rest.startswith(("1900", "1800")) else f"0{rest}"
    return digits


def _short(digits: str) -> str:
    """A number that nobody can call from the reply."""
    return f"{digits[:4]}…{digits[-2:]}"


def judge_address(found: Address, official: Official) -> Judged:
    """The verdict on a web address."""
    shown = hidden(found.host)
    fake = official.fake_domain(found.host)
    if fake is not None:
        return Judged(Subject.SITE, Verdict.KNOWN_FAKE, fake.name, what=fake.what, warned=fake.warned)
    site = official.site(found.host) if not found.strange and not found.user else None
    if site is not None:
        verdict = Verdict.GENUINE if site.owner is Owner.VSS else Verdict.OTHER_AGENCY
        return Judged(Subject.SITE, verdict, found.host, name=site.name, what=site.purpose)
    social = None if found.strange or found.user else _social(found, official)
    if social is not None:
        return social
    genuine = frozenset(site.host for site in official.channels.sites if site.owner is Owner.VSS)
    how = trick(found, genuine)
    if how is not None:
        return Judged(Subject.SITE, Verdict.LOOKALIKE, shown, how, name=_meant(found, official))
    if found.is_ip:
        return Judged(Subject.SITE, Verdict.NOT_OURS, shown, Why.IP)
    if found.domain in SHORTENERS:
        return Judged(Subject.SITE, Verdict.NOT_OURS, shown, Why.SHORTENER)
    if found.path.lower().endswith(".apk"):
        return Judged(Subject.APP, Verdict.NOT_OURS, shown, Why.FILE)
    if found.host in official.channels.stores:
        return Judged(Subject.APP, Verdict.UNKNOWN, shown, Why.STORE)
    if found.host.endswith(".gov.vn") and not found.strange and not found.user:
        return Judged(Subject.SITE, Verdict.UNKNOWN, shown, Why.GOVERNMENT)
    return Judged(Subject.SITE, Verdict.NOT_OURS, shown)


def _meant(found: Address, official: Official) -> str:
    """The genuine host that the look-alike makes one think of."""
    services = official.site_by_id("services").host
    return services if skeleton("dichvucong") in skeleton(found.host) else official.site_by_id("portal").host


def _social(found: Address, official: Official) -> Judged | None:
    handle = found.path.strip("/").split("/", 1)[0]
    if found.host in FACEBOOK_HOSTS:
        handle = parse_qs(found.query).get("id", [handle])[0] if handle == "profile.php" else handle
        page = official.page(Place.FACEBOOK, handle)
        if page is not None:
            return Judged(Subject.PAGE, Verdict.GENUINE, f"facebook.com/{page.handle}", name=page.name)
        return _foreign_page(handle, official)
    if found.host in {"zalo.me", "oa.zalo.me", "www.zalo.me"}:
        if "[SDT" in found.path or re.fullmatch(r"\+?\d{9,12}", handle):
            return Judged(Subject.PAGE, Verdict.NOT_OURS, "Zalo cá nhân", Why.MOBILE)
        return Judged(Subject.PAGE, Verdict.UNKNOWN, "Zalo", Why.SOCIAL)
    if found.domain in {
        "tiktok.com",
        "youtube.com",
        "instagram.com",
        "messenger.com",
        "m.me",
        "facebook.com",
        "fb.com",
    }:
        return _foreign_page(handle.lstrip("@"), official)
    return None


def _foreign_page(handle: str, official: Official) -> Judged:
    fake = official.fake_page(handle)
    if fake is not None:
        return _warned_of(Subject.PAGE, fake)
    plain = skeleton(handle)
    if any(skeleton(brand) in plain.replace(".", "").replace("-", "") for brand in BRANDS):
        return Judged(Subject.PAGE, Verdict.LOOKALIKE, "trang này", Why.SOCIAL)
    return Judged(Subject.PAGE, Verdict.NOT_OURS if handle else Verdict.UNKNOWN, "trang này", Why.SOCIAL)


def _warned_of(subject: Subject, fake: Fake) -> Judged:
    """A known fake by its name; an account that is only a number is not repeated."""
    shown = "tài khoản đó" if fake.name.isdigit() else fake.name
    return Judged(subject, Verdict.KNOWN_FAKE, shown, what=fake.what, warned=fake.warned)


def _names(folded: str, official: Official, *, seen: bool) -> Iterator[Judged]:
    """Names of known fakes anywhere; our own names only where the text speaks of a page or an application."""
    known = False
    for name, subject, fake in _fakes(official):
        if name.stands_in(folded):
            known = True
            yield _warned_of(subject, fake)
    if known:
        return
    if any(word in folded for word in _APP_FILE_WORDS) and _APP_FILE.search(folded):
        yield Judged(Subject.APP, Verdict.NOT_OURS, "tệp cài đặt", Why.FILE)
    elif _OUR_APP in folded and _APP_TAIL.search(folded):
        yield Judged(
            Subject.APP, Verdict.LOOKALIKE, "ứng dụng này", Why.NAME_ONLY, name=official.app_by_id("vssid").name
        )
    elif not seen:
        yield from _own_names(folded, official)


@dataclass(frozen=True, slots=True)
class _Name:
    """A name as it may be written, its words loosely joined; `word` is the longest of them."""

    word: str
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, name: str) -> Self:
        """The name as the register writes it."""
        words = re.split(r"[\s\-/]+", shadow(name))
        loose = r"[\s\-/]{0,3}".join(re.escape(word) for word in words)
        return cls(max(words, key=len), re.compile(rf"(?<!\w){loose}(?!\w)"))

    def stands_in(self, folded: str) -> bool:
        return self.word in folded and self.pattern.search(folded) is not None


@lru_cache(maxsize=_REGISTERS)
def _fakes(official: Official) -> tuple[tuple[_Name, Subject, Fake], ...]:
    fakes = official.fakes
    tables = ((Subject.PAGE, fakes.pages), (Subject.APP, fakes.apps), (Subject.DOCUMENT, fakes.documents))
    return tuple((_Name.of(fake.name), subject, fake) for subject, entries in tables for fake in entries)


@lru_cache(maxsize=_REGISTERS)
def _apps(official: Official) -> tuple[tuple[_Name, App], ...]:
    names = {shadow(name): app for app in official.channels.apps for name in (app.name, *app.also)}
    return tuple((_Name.of(name), app) for name, app in names.items())


def _own_names(folded: str, official: Official) -> Iterator[Judged]:
    if _APP_CUE.search(folded):
        hit = next((app for name, app in _apps(official) if name.stands_in(folded)), None)
        if hit is not None:
            verdict = Verdict.GENUINE if hit.owner is Owner.VSS else Verdict.OTHER_AGENCY
            yield Judged(Subject.APP, verdict, hit.name, Why.NAME_ONLY, name=hit.name)
            return
    named = any(name in folded for name in _OUR_NAMES)
    match = _OUR_NAME.search(folded) if named and _PAGE_CUE.search(folded) else None
    if match is None:
        return
    page = official.page_by_id("zalo" if "zalo" in folded else "facebook")
    added = match["front"] or _OURS_TAIL_ADDED.search(match["tail"]) or "tiktok" in folded
    if _TAIL_OF_OURS.match(match["tail"]) and not added:
        yield Judged(Subject.PAGE, Verdict.GENUINE, page.name, Why.NAME_ONLY, name=page.name)
    elif added:
        yield Judged(Subject.PAGE, Verdict.LOOKALIKE, "trang này", Why.NAME_ONLY, name=page.name)
    else:
        yield Judged(Subject.PAGE, Verdict.UNKNOWN, "trang này", Why.NAME_ONLY, name=page.name)
