"""What a text mentions besides its question: dates, sums, years paid, ages, phones, links, places."""

import re
import unicodedata
from datetime import date
from typing import Final

from chatbot.model import Entities, Period
from chatbot.nlu import amounts
from chatbot.nlu.dates import distinct, find_birth, find_period
from chatbot.nlu.letters import fold
from chatbot.nlu.normalize import LONGEST, URL, Words
from chatbot.nlu.places import Places

_PHONE: Final = re.compile(r"(?<![\d.,/])(?:\+?84|0|1[89]00)[\d. -]{4,13}\d(?!\d)")
_FEWEST: Final = 8
_MOST: Final = 12


def find_entities(text: str, words: Words, places: Places, today: date) -> Entities:
    """Read the entities of a text; `words` are its normalised words."""
    text = unicodedata.normalize("NFC", text[:LONGEST])
    lowered = text.lower()
    links = tuple(dict.fromkeys(match.group().rstrip(".,;:!?)") for match in URL.finditer(lowered)))
    plain = URL.sub(" ", text)
    phones = tuple(dict.fromkeys(filter(None, (_phone(match.group()) for match in _PHONE.finditer(plain)))))
    plain = _PHONE.sub(" ", plain)
    folded = fold(distinct(plain))
    years, months = amounts.years_and_months(folded)
    return Entities(
        period=_in_words(find_period(folded, today), folded, plain),
        born=_in_words(find_birth(folded, today), folded, plain),
        money=amounts.money(folded),
        years=years,
        months=months,
        paid=amounts.paid_months(folded),
        age=amounts.age(folded),
        percent=amounts.percent(folded),
        people=amounts.people(folded),
        days=amounts.days(folded),
        babies=amounts.babies(folded),
        sex=amounts.sex(plain.lower(), folded),
        kin=amounts.kin(folded),
        ordinal_child=amounts.ordinal_child(folded),
        phones=phones,
        links=links,
        places=places.find(words.spelled, words.folded),
    )


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
