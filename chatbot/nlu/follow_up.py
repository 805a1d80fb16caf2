"""Follow-ups: "còn nữ thì sao", "thế bao nhiêu tiền", "vậy nộp ở đâu" ask about the last topic without naming it."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from chatbot.knowledge import Aspect, Faq
from chatbot.model import Entities
from chatbot.nlu.features import concepts
from chatbot.nlu.letters import fold
from chatbot.nlu.model import Evidence, Model, spread
from chatbot.nlu.normalize import Words

_LONGEST: Final = 12
"""Words; a longer text says what it is about."""
_OPENERS: Final = frozenset({"con", "the", "vay", "neu", "roi", "nhu", "lo", "nho", "thi", "ma", "tuc", "va"})
_WHAT_IF: Final = (("thi", "sao"), ("thi", "thenao"), ("thi", "duoc"), ("co", "khac"), ("co", "vay"))
_NEAR: Final = {
    Aspect.DEADLINE: (Aspect.PROCESSING_TIME,),
    Aspect.PROCESSING_TIME: (Aspect.DEADLINE,),
    Aspect.HOW: (Aspect.PAPERS, Aspect.WHERE),
    Aspect.WHERE: (Aspect.DEADLINE, Aspect.PAPERS),
    Aspect.PAPERS: (Aspect.HOW,),
    Aspect.WHO: (Aspect.ELIGIBILITY,),
    Aspect.ELIGIBILITY: (Aspect.WHO,),
}
_NOW: Final = frozenset({("bay", "gio"), ("hien", "tai"), ("hien", "nay"), ("hien", "gio"), ("luc", "nay")})
_VAGUE: Final = frozenset({"?effect"})
"""Aspects whose words ("thì sao") ask about any change of circumstances."""
_SAME_ASPECT: Final = 4.0
_NEAR_ASPECT: Final = 1.5
"""The nearest other aspect; each further one counts half of the one before."""
_OTHER_CASE: Final = -1.5
"""A special case that was not named is seldom meant."""
_HERE: Final = 0.5
_OWN: Final = frozenset({Aspect.DURATION, Aspect.ELIGIBILITY})
"""What the answer about a special case tells by itself."""
_SAME_CASE: Final = 7.0
_AROUND: Final = frozenset(
    {"sinh", "nghi", "neu", "thi", "la", "con", "vay", "the", "ngay", "thang", "nam", "vao", "hoi", "luc", "khi"}
    | {"em", "be", "toi", "minh", "vo", "chau", "tui", "bo", "me", "ong", "ba", "cu", "chong"}
    | {"mat", "chet", "qua", "doi", "de", "sanh", "viec", "hom", "mua", "nop", "xay", "ra", "cuoi", "dau", "thoi"}
    | {"vua", "roi", "sao", "nao"}
)
"""Words beside a date that leave the question as it was: "sinh ngày 30/6/2026"."""
_HOW_MUCH: Final = frozenset({"bao", "nhieu", "may"})
"""Beside a date they leave the question as it was, too, when it was how much."""
_FIGURED: Final = frozenset({Aspect.AMOUNT, Aspect.OTHER})
"""Aspects that "năm ngoái bao nhiêu" asks for once more."""
_SEXES: Final = ("nam", "nu", "gioi", "gai", "trai", "phu", "dan", "ong", "ba")
_FIGURES: Final = frozenset(
    {"dong", "luong", "binh", "quan", "muc", "bhxh", "bhtn", "tham", "gia", "duoc", "bao", "hiem", "nhieu", "may", "co"}
    | {"trieu", "tr", "cu", "k", "ngan", "nghin", "hon", "gan", "khoang", "tong", "ruoi", "da", "thoi", "gian", "nhiu"}
)
"""Words around the figures of one's own case."""
_CLEAR: Final = 0.6
_THEN: Final = frozenset(
    {
        "roi sao nua", "roi sao", "sao nua", "roi lam gi", "roi lam gi nua", "roi lam gi tiep", "tiep theo lam gi",
        "tiep theo thi sao", "lam gi tiep", "roi the nao nua", "buoc tiep theo la gi", "xong roi lam gi",
        "roi tiep theo la gi", "con gi nua khong", "con gi nua", "roi di dau",
    }
)  # fmt: skip
_STEPS: Final = (Aspect.PAPERS, Aspect.WHERE, Aspect.HOW, Aspect.DEADLINE, Aspect.PROCESSING_TIME)
"""What comes next when somebody asks "rồi sao nữa"."""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """The topics that a follow-up may mean, best first, with shares; `clear` when one stands out."""

    topics: tuple[tuple[str, float], ...]
    clear: bool


def read_follow_up(
    model: Model,
    faqs: Mapping[str, Faq],
    words: Words,
    entities: Entities,
    topic: str,
    *,
    alone: str = "",
    likely: str = "",
) -> FollowUp | None:
    """The meaning of an elliptical text after an answer about `topic`, or None when the text stands on its own.

    `alone` is the intent that the text clearly has without the topic, `likely` the one it may have, or "".
    """
    last = faqs.get(topic)
    if last is None or not 0 < len(words.folded) <= _LONGEST:
        return None
    lexicon = model.normalizer.lexicon
    named = concepts(words, lexicon)
    foreign = {name for name in named if lexicon.benefits.get(name, last.benefit) != last.benefit}
    what_if = any(pair in _WHAT_IF for pair in _pairs(words))
    if sure := _led(model, faqs, words, entities, last, foreign & lexicon.cores, alone, likely):
        return FollowUp(((sure, 1.0),), clear=True)
    if foreign & lexicon.cores or (foreign and not what_if):
        return None
    bare = not any(name in lexicon.benefits for name in named)
    if _stays(words, entities, last, bare=bare, what_if=what_if, alone=alone, likely=likely):
        return FollowUp(((topic, 1.0),), clear=True)
    opened = what_if or words.folded[0] in _OPENERS
    if (aspects := _aspects(words, named, what_if=what_if)) and (opened or bare):
        return _move(model, faqs, words, aspects, last)
    case = _case(model, faqs, words, last) if what_if else None
    if case is None and opened and bare and _changes(entities):
        return FollowUp(((topic, 1.0),), clear=True)
    return case


def _led(
    model: Model,
    faqs: Mapping[str, Faq],
    words: Words,
    entities: Entities,
    last: Faq,
    cores: Set[str],
    alone: str,
    likely: str,
) -> str:
    """The topic to which a named case, bare figures or "rồi sao nữa" leads for sure; "" when none does."""
    cases = _named_cases(words, last, model)
    if cases and not cores and (alone not in faqs or faqs[alone].benefit == last.benefit):
        return cases[0]
    if likely != last.id and (told := _bare_case(words, entities, last, faqs)):
        return told
    return _what_then(last, faqs) if asks_what_next(words) else ""


def _stays(words: Words, entities: Entities, last: Faq, *, bare: bool, what_if: bool, alone: str, likely: str) -> bool:
    """Is it the last topic again: another day, one's own case, or "bệnh viện trung ương thì sao" that it covers?"""
    if bare and _only_a_date(words, entities, last):
        return True
    if alone:
        return False
    if likely == last.id and (what_if or _own_case(entities, last)):
        return True
    return bool((not likely and _own_case(entities, last)) or (bare and what_if and _NOW & _pairs(words)))


def _aspects(words: Words, named: Set[str], *, what_if: bool) -> list[Aspect]:
    """What is asked about the benefit; "còn tiền thì sao" asks for the amount."""
    aspects = [Aspect(name[1:]) for name in sorted(named) if name.startswith("?") and name not in _VAGUE]
    return [Aspect.AMOUNT] if what_if and not aspects and "tien" in words.folded else aspects


def asks_what_next(words: Words) -> bool:
    """Does the text ask for the next step and nothing else: "rồi sao nữa", "tiếp theo làm gì"?"""
    return " ".join(words.folded) in _THEN


def _what_then(last: Faq, faqs: Mapping[str, Faq]) -> str:
    """The next step after the last topic: papers, place and time before anything else that leads on from it."""
    ways = [way.to for way in last.next if way.to in faqs]
    return next((way for way in ways if faqs[way].aspect in _STEPS), ways[0] if ways else "")


def _bare_case(words: Words, entities: Entities, last: Faq, faqs: Mapping[str, Faq]) -> str:
    """The topic that works out a case told in bare figures, "đóng 14 tháng lương 7 triệu": the last one, else one of
    its benefit for money or for time paid; "" when the text says more, or nothing is worked out."""
    if not (entities.money or entities.paid):
        return ""
    if any(word.isalpha() and word not in _FIGURES and word not in _AROUND for word in words.folded):
        return ""
    siblings = [
        faq for faq in faqs.values() if faq.benefit == last.benefit and any(one.compute for one in faq.versions)
    ]
    aspect = Aspect.AMOUNT if entities.money else Aspect.DURATION
    best = sorted(siblings, key=lambda faq: (faq.aspect is not aspect, faq.id != last.id))
    return best[0].id if best else ""


def _own_case(entities: Entities, last: Faq) -> bool:
    """Does the text tell a case of its own ("lương 8 triệu nghỉ 5 ngày") to a topic that works such cases out?"""
    told = (entities.money, entities.paid, entities.people, entities.percent, entities.born, entities.days)
    return any(told) and any(version.compute for version in last.versions)


def _named_cases(words: Words, last: Faq, model: Model) -> list[str]:
    """The topics of the last benefit to which a word of the text leads: "chồng em nghỉ được không"."""
    spoken = f" {' '.join(words.folded)} "
    listed = model.normalizer.lexicon.cases.get(last.benefit, ())
    return [topic for form, topic in listed if f" {' '.join(form)} " in spoken]


def _only_a_date(words: Words, entities: Entities, last: Faq) -> bool:
    """Does the text give little but another day, "sinh ngày 30/6/2026", or the sex, "nữ thì sao"?"""
    if entities.period is None and not entities.sex:
        return False
    dated = [*fold(entities.period.words if entities.period else "").split(), *_SEXES]
    around = _AROUND | _HOW_MUCH if last.aspect in _FIGURED else _AROUND
    return all(word in around or word in dated or not word.isalpha() for word in words.folded)


def _case(model: Model, faqs: Mapping[str, Faq], words: Words, last: Faq) -> FollowUp | None:
    """The sibling for another case of the same benefit: "ung thư thì sao" after the conditions of a lump sum."""
    scored = _in_light(model, words, last).scored
    if not scored or scored[0].intent not in faqs or faqs[scored[0].intent].benefit != last.benefit:
        return None
    cases = [item for item in scored if _is_case(faqs.get(item.intent), last)]
    shares = spread(cases)
    if not cases or cases[0].intent == last.id or shares[0] < _CLEAR:
        return None
    return FollowUp(((cases[0].intent, shares[0]),), clear=True)


def _is_case(faq: Faq | None, last: Faq) -> bool:
    """Whether a topic is the last one, its like, or a special case of its benefit."""
    return faq is not None and faq.benefit == last.benefit and faq.aspect in {Aspect.EXCEPTION, last.aspect}


def _in_light(model: Model, words: Words, last: Faq) -> Evidence:
    """What the text would mean if it named the last topic's benefit."""
    said = model.normalizer.lexicon.said.get(last.benefit, "")
    return model.evidence(model.normalizer.words(f"{' '.join(words.spelled)} {said}"))


def _pairs(words: Words) -> set[tuple[str, str]]:
    return set(pairwise(words.merged))


def _changes(entities: Entities) -> bool:
    """Does the text bring another circumstance: a date, a sum, an age, a sex...?"""
    return replace(entities, kin="") != Entities()


def _move(model: Model, faqs: Mapping[str, Faq], words: Words, aspects: list[Aspect], last: Faq) -> FollowUp | None:
    """The sibling of the last topic that the aspect points to, read together with the benefit's name."""
    evidence = _in_light(model, words, last)
    found = []
    for item in evidence.scored:
        faq = faqs.get(item.intent)
        if faq is not None and faq.benefit == last.benefit:
            bonus = _here(faq, aspects) if faq.id == last.id else _bonus(faq, aspects)
            found.append((item.score + bonus, item))
    if not found:
        return FollowUp(((last.id, 1.0),), clear=True) if last.aspect in aspects else None
    found.sort(key=lambda pair: -pair[0])
    shares = spread([replace(item, score=score) for score, item in found])
    topics = tuple((item.intent, share) for (_, item), share in zip(found, shares, strict=True))
    return FollowUp(topics, clear=topics[0][1] >= _CLEAR)


def _here(faq: Faq, aspects: list[Aspect]) -> float:
    if faq.aspect is Aspect.EXCEPTION:
        return _SAME_CASE if _OWN.issuperset(aspects) else _HERE
    return _bonus(faq, aspects) + _HERE


def _bonus(faq: Faq, aspects: list[Aspect]) -> float:
    if faq.aspect in aspects:
        return _SAME_ASPECT
    near = [_NEAR[aspect].index(faq.aspect) for aspect in aspects if faq.aspect in _NEAR.get(aspect, ())]
    if near:
        return _NEAR_ASPECT / (1 << min(near))
    return _OTHER_CASE if faq.aspect is Aspect.EXCEPTION else 0.0
