"""The register of genuine channels and of known fakes: what may leave, and what everything else is judged by."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import BaseModel, Field, StringConstraints, ValidationError

from chatbot.knowledge.complain import complaints
from chatbot.knowledge.fields import MaybeEmpty, Name, Strict, Text
from chatbot.knowledge.problem import ContentError, Problem
from chatbot.knowledge.yaml_source import read

CHANNELS_FILE = "official_channels.yaml"
FAKES_FILE = "fakes.yaml"

Host = Annotated[Text, StringConstraints(pattern=r"^[a-z0-9-]+(\.[a-z0-9-]+)+$")]
Digits = Annotated[Text, StringConstraints(pattern=r"^\d{3,12}$")]
HiddenHost = Annotated[Text, StringConstraints(pattern=r"^[a-z0-9-]+(\[\.\][a-z0-9-]+)+$")]
"""A fake's host, every dot written `[.]`."""
DigitPattern = Annotated[Text, StringConstraints(pattern=r"^\d+x*$")]
_Schema = TypeVar("_Schema", bound=BaseModel)


class Owner(StrEnum):
    """Whose channel it is."""

    VSS = "vss"
    OTHER = "other"


class Standing(StrEnum):
    """Does the agency still publish it?"""

    CURRENT = "current"
    FORMER = "former"


class Place(StrEnum):
    """Where a page lives."""

    FACEBOOK = "facebook"
    ZALO = "zalo"


class Site(Strict):
    """A genuine host. Every sub-domain of it is genuine too: only its owner can make one."""

    id: Name
    host: Host
    owner: Owner
    name: Text
    purpose: Text


class Phone(Strict):
    """A genuine number as people read it (`display`) and as digits."""

    id: Name
    display: Text
    digits: Digits
    owner: Owner
    name: Text
    cost: MaybeEmpty = ""
    standing: Standing = Standing.CURRENT


class Page(Strict):
    """A genuine fanpage or official account."""

    id: Name
    place: Place
    name: Text
    handle: MaybeEmpty = ""
    url: MaybeEmpty = ""
    owner: Owner


class App(Strict):
    """A genuine application by its name in the stores; `also` holds what people call it."""

    id: Name
    name: Text
    also: tuple[Text, ...] = ()
    owner: Owner


class Report(Strict):
    """A way to report a fraud, as a clause of a sentence."""

    id: Name
    how: Text
    phone: MaybeEmpty = ""
    site: MaybeEmpty = ""


class Channels(Strict):
    """`official_channels.yaml`. `checked_on`: when a person last compared it with what the agency publishes."""

    checked_on: date
    sites: tuple[Site, ...] = Field(min_length=1)
    phones: tuple[Phone, ...] = Field(min_length=1)
    pages: tuple[Page, ...] = Field(min_length=1)
    apps: tuple[App, ...] = Field(min_length=1)
    stores: tuple[Host, ...] = Field(min_length=1)
    reports: tuple[Report, ...] = Field(min_length=1)


class Fake(Strict):
    """A fake page, application or document that was warned of. `warned` is the month, as people write it."""

    name: Text
    what: Text
    warned: Text
    handle: MaybeEmpty = ""


class FakeDomain(Strict):
    """A fake site; its dots are hidden so that no tool links it."""

    name: HiddenHost
    what: Text
    warned: Text

    @property
    def host(self) -> str:
        """The host with real dots: for comparing only, never for a reply."""
        return self.name.replace("[.]", ".")


class FakePhone(Strict):
    """A number or a range of numbers (`x` is any digit) that is not the agency's."""

    pattern: DigitPattern
    what: Text
    warned: Text

    def fits(self, digits: str) -> bool:
        """Is this number one of them?"""
        prefix = self.pattern.rstrip("x")
        return len(digits) == len(self.pattern) and digits.startswith(prefix)


class Fakes(Strict):
    """`fakes.yaml`."""

    domains: tuple[FakeDomain, ...] = ()
    phones: tuple[FakePhone, ...] = ()
    pages: tuple[Fake, ...] = ()
    apps: tuple[Fake, ...] = ()
    documents: tuple[Fake, ...] = ()


class Official:
    """Genuine channels and known fakes, by what a text may contain: hosts, digits, handles."""

    def __init__(self, channels: Channels, fakes: Fakes) -> None:
        self.channels = channels
        self.fakes = fakes
        self._phones = {phone.digits: phone for phone in channels.phones}

    @property
    def checked_on(self) -> date:
        """When a person last checked the register."""
        return self.channels.checked_on

    def site_by_id(self, site_id: str) -> Site:
        """The site an answer wants to name. Raises KeyError."""
        return {site.id: site for site in self.channels.sites}[site_id]

    def phone_by_id(self, phone_id: str) -> Phone:
        """The number an answer wants to name. Raises KeyError."""
        return {phone.id: phone for phone in self.channels.phones}[phone_id]

    def page_by_id(self, page_id: str) -> Page:
        """The fanpage or official account an answer wants to name. Raises KeyError."""
        return {page.id: page for page in self.channels.pages}[page_id]

    def app_by_id(self, app_id: str) -> App:
        """The application an answer wants to name. Raises KeyError."""
        return {app.id: app for app in self.channels.apps}[app_id]

    def site(self, host: str) -> Site | None:
        """The most exact registered site that `host` (lower case ASCII) is or lies under."""
        under = (site for site in self.channels.sites if host == site.host or host.endswith("." + site.host))
        return max(under, key=lambda site: len(site.host), default=None)

    def phone(self, digits: str) -> Phone | None:
        """The registered number with these digits (national form, no separators)."""
        return self._phones.get(digits)

    def page(self, place: Place, handle: str) -> Page | None:
        """The registered page with this handle (case and trailing dots do not matter)."""
        wanted = handle.casefold().strip("/.")
        pages = (page for page in self.channels.pages if page.place is place and page.handle)
        return next((page for page in pages if page.handle.casefold() == wanted), None)

    def allows_link(self, host: str, path: str) -> bool:
        """May a reply carry this address? Registered sites, and exactly the registered fanpage; no application's."""
        if self.site(host) is not None:
            return True
        first = path.strip("/").split("/", 1)[0]
        return host in FACEBOOK_HOSTS and self.page(Place.FACEBOOK, first) is not None

    def allows_phone(self, digits: str) -> bool:
        """May a reply name this number as one to call?"""
        return digits in self._phones

    def fake_domain(self, host: str) -> FakeDomain | None:
        """The known fake that `host` is or lies under."""
        fakes = self.fakes.domains
        return next((fake for fake in fakes if host == fake.host or host.endswith("." + fake.host)), None)

    def fake_phone(self, digits: str) -> FakePhone | None:
        """The known fake line with these digits."""
        return next((fake for fake in self.fakes.phones if fake.fits(digits)), None)

    def fake_page(self, handle: str) -> Fake | None:
        """The known fake page with this handle."""
        wanted = handle.casefold()
        return next((fake for fake in self.fakes.pages if fake.handle and fake.handle.casefold() == wanted), None)


FACEBOOK_HOSTS = frozenset(
    {"facebook.com", "www.facebook.com", "m.facebook.com", "web.facebook.com", "fb.com", "www.fb.com"}
)


def load_official(root: Path, problems: list[Problem]) -> Official | None:
    """Read both files of `root`. What is wrong goes to `problems`; None when they cannot be used."""
    channels = _one(root, CHANNELS_FILE, Channels, problems)
    fakes = _one(root, FAKES_FILE, Fakes, problems)
    if channels is None or fakes is None:
        return None
    official = Official(channels, fakes)
    clashes = list(_clashes(official, root.name))
    problems.extend(clashes)
    return None if clashes else official


def _one(root: Path, file: str, schema: type[_Schema], problems: list[Problem]) -> _Schema | None:
    shown = f"{root.name}/{file}"
    try:
        document = read(root / file, shown)
    except FileNotFoundError:
        problems.append(Problem(shown, 1, "Thiếu tệp này."))
        return None
    except ContentError as error:
        problems.extend(error.problems)
        return None
    try:
        return schema.model_validate(document.data)
    except ValidationError as error:
        problems.extend(complaints(error, document))
        return None


def _clashes(official: Official, folder: str) -> Iterator[Problem]:
    """A name that is genuine and fake at once, or an id used twice: nobody could judge by such a register."""
    shown = f"{folder}/{FAKES_FILE}"
    for domain in official.fakes.domains:
        if official.site(domain.host):
            yield Problem(shown, 1, f"'{domain.name}' nằm trong danh sách chính thức: xem lại.")
    for phone in official.channels.phones:
        if official.fake_phone(phone.digits):
            yield Problem(shown, 1, f"Số {phone.display} nằm trong danh sách chính thức: xem lại.")
    channels = official.channels
    for entries in (channels.sites, channels.phones, channels.pages, channels.apps, channels.reports):
        ids = [entry.id for entry in entries]
        for repeated in sorted({entry_id for entry_id in ids if ids.count(entry_id) > 1}):
            yield Problem(f"{folder}/{CHANNELS_FILE}", 1, f"id '{repeated}' dùng hai lần: đổi một.")
