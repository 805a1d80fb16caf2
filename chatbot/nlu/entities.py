"""What a text mentions besides its question: dates, sums, years paid, ages, phones, links, places."""

import re
import unicodedata
from datetime import date
from typing import Final

from chatbot.model import Entities, Period
from chatbot.nlu import amounts
from chatbot.nlu.dates import distinct, find_dates
from chatbot.nlu.letters import fold
from chatbot.nlu.normalize import LONGEST, URL, Words
from chatbot.nlu.places import Places

_PHONE: Final = re.compile(r"(?<![\d.,/])(?:\+?84|0|1[89]00)[\d. -]{4,13}\d(?!\d)")
_FIGURE: Final = re.compile(r"\d")
_WORD: Final = re.compile(r"[^\W\d_]+")
_FEWEST: Final = 8
_MOST: Final = 12


def find_entities(text: str, words: Words, places: Places, today: date) -> Entities:
    """Read the entities of a text; `words` are its normalised words."""
    text = unicodedata.normalize("NFC", text[:LONGEST])
    links, plain = _links(text)
    phones, plain = _phones(plain)
    plain = _mended(plain, words)
    folded = fold(distinct(plain))
    figured = folded if _FIGURE.search(folded) else ""
    years, months = amounts.years_and_months(folded)
    period, born = find_dates(folded, today)
    return Entities(
        period=_in_words(period, folded, plain),
        born=_in_words(born, folded, plain),
        money=amounts.money(figured),
        years=years,
        months=months,
        paid=amounts.paid_months(figured),
        age=amounts.age(figured),
        percent=amounts.percent(figured),
        people=amounts.people(folded),
        days=amounts.days(figured),
        babies=amounts.babies(folded),
        sex=amounts.sex(plain.lower(), folded),
        kin=amounts.kin(folded),
        ordinal_child=amounts.ordinal_child(folded),
        phones=phones,
        links=links,
        places=places.find(words.spelled, words.folded),
    )


def _mended(text: str, words: Words) -> str:
    """The text with its misspelt words put right: "thnág 5" is May."""
    if not words.mended:
        return text
    meant = dict(words.mended)
    return _WORD.sub(lambda found: meant.get(found.group().lower(), found.group()), text)


def _links(text: str) -> tuple[tuple[str, ...], str]:
    """The links of a text, and the text without them."""
    if "." not in text and "://" not in text:
        return (), text
    found = (match.group().rstrip(".,;:!?)") for match in URL.finditer(text.lower()))
    return tuple(dict.fromkeys(found)), URL.sub(" ", text)


def _phones(text: str) -> tuple[tuple[str, ...], str]:
    """The telephone numbers of a text, digits only, and the text without them."""
    if not _FIGURE.search(text):
        return (), text
    found = filter(None, (_phone(match.group()) for match in _PHONE.finditer(text)))
    return tuple(dict.fromkeys(found)), _PHONE.sub(" ", text)


def _phone(written: str) -> str:
    digits = re.sub(r"\D", "", written)
    return digits if _FEWEST <= len(digits) <= _MOST else ""


def _in_words(period: Period | None, folded: str, text: str) -> Period | None:
    """The period with the citizen's own spelling of it; folding keeps positions for Vietnamese letters."""
    if period is None or len(folded) != len(text):
        return period
    place = folded.find(period.words)
    end = place + len(period.words)
    while text[end : end + 1].isalpha():  # "sáu" was read as "06 "
        end += 1
    return Period(period.first, period.last, text[place:end])
