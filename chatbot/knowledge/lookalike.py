"""Look-alikes: how near an address or a name comes to a genuine one without being it."""

import posixpath
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import unquote, urlsplit

import idna
from rapidfuzz.distance import DamerauLevenshtein
from tldextract import TLDExtract

_DOMAINS = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
_CONFUSABLE = str.maketrans(
    {
        "а": "a",
        "е": "e",
        "о": "o",
        "р": "p",
        "с": "c",
        "х": "x",
        "у": "y",
        "і": "i",
        "ѕ": "s",
        "ԁ": "d",
        "һ": "h",
        "ӏ": "l",
        "в": "b",
        "н": "h",
        "м": "m",
        "к": "k",
        "т": "t",
        "ο": "o",
        "α": "a",
        "ν": "v",
        "ι": "i",
        "ρ": "p",
        "ε": "e",
        "ɡ": "g",
        "ı": "i",
        "ո": "n",
        "ց": "g",
        "օ": "o",
        "đ": "d",
        "ł": "l",
        "ø": "o",
        "0": "o",
        "1": "i",
        "3": "e",
        "5": "s",
        "l": "i",
        "|": "i",
        "_": "-",
    }
)
_PAIRS = (("vv", "w"), ("rn", "m"), ("cl", "d"))
BRANDS = (
    "baohiemxahoi",
    "bhxh",
    "vssid",
    "dichvucong",
    "vneid",
    "baohiemyte",
    "bhyt",
    "govvn",
    "bao-hiem-xa-hoi",
    "gov-vn",
)
SHORTENERS = frozenset(
    [
        "bit.ly",
        "tinyurl.com",
        "t.co",
        "goo.gl",
        "s.id",
        "cutt.ly",
        "rb.gy",
        "is.gd",
        "shorturl.at",
        "ow.ly",
        "tiny.cc",
        "by.com.vn",
        "t.ly",
        "shorten.asia",
        "v.gd",
        "lnkd.in",
        "rebrand.ly",
        "zpr.io",
        "shope.ee",
        "t.me",
    ]
)
_NEAR = 2
_SHORTEST_FOR_EDITS = 6


class Trick(StrEnum):
    """What differs from the genuine name."""

    USER = "user"  # the genuine name stands before an @
    SUBDOMAIN = "subdomain"  # the genuine name is only the front part of another name
    PATH = "path"  # the genuine name stands after the slash
    ENDING = "ending"  # the same word with another ending
    LETTERS = "letters"  # a letter swapped, added or left out, or one from another alphabet
    BRAND = "brand"  # borrows our name inside another one


@dataclass(frozen=True, slots=True)
class Address:
    """An address taken apart. `host` is lower case, `user` what stood before an @; `strange`: non-ASCII or escaped."""

    host: str
    user: str
    path: str
    query: str
    strange: bool

    @property
    def domain(self) -> str:
        """The part that somebody registered, e.g. `xyz.com` of `baohiemxahoi.gov.vn.xyz.com`; "" for an IP."""
        return _DOMAINS(self.host).top_domain_under_public_suffix

    @property
    def is_ip(self) -> bool:
        """Digits instead of a name."""
        return re.fullmatch(r"[\d.]+|0x[0-9a-f]+|\[.*\]", self.host) is not None


def address(written: str) -> Address | None:
    """Take an address apart as a browser would (a backslash is a slash). None when there is no host in it."""
    link = written.strip().replace("\\", "/")
    try:
        parts = urlsplit(link if "://" in link else f"https://{link}")
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return None
    if "." not in host and not host.isdigit():
        return None
    strange = not host.isascii() or "%" in host or "xn--" in host
    return Address(
        _readable(unquote(host)), unquote(parts.netloc.rpartition("@")[0]), _path(parts.path), parts.query, strange
    )


def _path(written: str) -> str:
    """The path where a browser ends up: "/a/../b" is "/b"."""
    path = unquote(written)
    return posixpath.normpath(path) if "/." in path else path


def _readable(host: str) -> str:
    try:
        return idna.decode(host) if "xn--" in host else host
    except idna.IDNAError:
        return host


def skeleton(name: str) -> str:
    """What a hurried eye reads: letters of other alphabets, digits for letters and doubled strokes made plain."""
    plain = unicodedata.normalize("NFKD", name.casefold()).translate(_CONFUSABLE)
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    for pair, letter in _PAIRS:
        plain = plain.replace(pair, letter)
    return plain.translate(_CONFUSABLE)


def trick(found: Address, genuine: frozenset[str]) -> Trick | None:
    """How this address, which is not genuine, leans on a genuine host; None when it does not."""
    names = {skeleton(host) for host in genuine}
    host = skeleton(found.host)
    if found.user:
        return Trick.USER if _leans(skeleton(found.user), names) or _leans(host, names) else None
    if any(f"{name}." in f"{host}." and not host.endswith(name) for name in names):
        return Trick.SUBDOMAIN
    if any(
        DamerauLevenshtein.distance(host.removeprefix("www."), name, score_cutoff=_NEAR) <= _NEAR
        for name in _long(names)
    ):
        return Trick.LETTERS
    words = {name.split(".", 1)[0] for name in names}
    core = skeleton(found.domain.partition(".")[0])
    if core in words:
        return Trick.ENDING
    if any(DamerauLevenshtein.distance(core, word, score_cutoff=_NEAR) <= _NEAR for word in _long(words)):
        return Trick.LETTERS
    if any(skeleton(brand) in host for brand in BRANDS) or any(
        skeleton(brand) in host.replace("-", "") for brand in BRANDS
    ):
        return Trick.BRAND
    return Trick.PATH if any(name in skeleton(found.path) for name in names) else None


def _leans(text: str, names: set[str]) -> bool:
    return any(name in text for name in names) or any(skeleton(brand) in text for brand in BRANDS)


def _long(names: set[str]) -> set[str]:
    return {name for name in names if len(name) > _SHORTEST_FOR_EDITS}


def near_number(digits: str, genuine: str) -> bool:
    """Does a number differ from a genuine one by at most two digits changed, swapped, added or left out?"""
    return digits != genuine and DamerauLevenshtein.distance(digits, genuine, score_cutoff=_NEAR) <= _NEAR


def hidden(host: str) -> str:
    """A host as a reply may show it: no tool makes a link of it."""
    return "".join(char for char in host if char.isprintable()).replace(".", "[.]")
