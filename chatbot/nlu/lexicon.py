"""`intents/lexicon.yaml`: how people spell, shorten and name things. Editors grow it; the understanding reads it."""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict, Field

from chatbot.nlu.letters import accent_key, fold

Concepts = Mapping[tuple[str, ...], tuple[tuple[tuple[str, ...], str], ...]]
"""Folded words -> (their accent keys, feature)."""

FILE: Final = "lexicon.yaml"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _Reading(_Part):
    after: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    means: str


class _BenefitName(_Part):
    said: str
    concepts: tuple[str, ...]
    cores: tuple[str, ...] = ()
    cases: dict[str, tuple[str, ...]] = Field(default_factory=dict)


class _LexiconFile(_Part):
    spellings: dict[str, str] = Field(default_factory=dict)
    ambiguous: dict[str, tuple[_Reading, ...]] = Field(default_factory=dict)
    synonyms: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    terms: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    benefits: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    aspects: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    twins: tuple[tuple[str, ...], ...] = ()
    benefit_names: dict[str, _BenefitName] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """One meaning of an ambiguous spelling and the folded neighbours that call for it."""

    after: frozenset[str]
    before: frozenset[str]
    means: str

    def fits(self, after: tuple[str, str], before: tuple[str, str]) -> bool:
        """Do the neighbours (one word, two words) fit?"""
        if self.after and self.after.isdisjoint(after):
            return False
        return not self.before or not self.before.isdisjoint(before)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The lexicon, ready for look-ups."""

    spellings: Mapping[str, str]
    ambiguous: Mapping[str, tuple[Reading, ...]]
    terms: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    concepts: Concepts
    sizes: Mapping[str, tuple[int, ...]]
    """How many words the concepts have that begin with a folded word."""
    known: frozenset[str]
    twins: Mapping[str, frozenset[str]]
    """Intent -> the intents that answer the same question, itself included."""
    benefits: Mapping[str, str]
    """Concept -> the benefit that it names."""
    cores: frozenset[str]
    """The concepts that are a benefit itself, not one of its cases: those named so, else the first of each list."""
    said: Mapping[str, str]
    """Benefit -> how it is called."""
    cases: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    """Benefit -> (words, the topic to which they lead a follow-up)."""


def load_lexicon(root: Path) -> Lexicon:
    """Read the lexicon of a content folder. Raises pydantic's ValidationError when it does not fit the schema."""
    text = unicodedata.normalize("NFC", (root / FILE).read_text(encoding="utf-8"))
    return build_lexicon(_LexiconFile.model_validate(yaml.safe_load(text)))


def build_lexicon(file: _LexiconFile) -> Lexicon:
    """Index the lists of a lexicon file."""
    spellings = dict(file.spellings)
    for word, others in file.synonyms.items():
        spellings.update(dict.fromkeys(others, word))
    ambiguous = {
        spelling: tuple(_reading(reading) for reading in readings) for spelling, readings in file.ambiguous.items()
    }
    named = [*file.benefits.items(), *((f"?{name}", words) for name, words in file.aspects.items())]
    concepts = _concepts(named)
    return Lexicon(
        spellings,
        ambiguous,
        _terms(file.terms),
        concepts,
        _sizes(concepts),
        _known(file),
        {intent: frozenset(twins) for twins in file.twins for intent in twins},
        {concept: benefit for benefit, name in file.benefit_names.items() for concept in name.concepts},
        frozenset(core for name in file.benefit_names.values() for core in name.cores or name.concepts[:1]),
        {benefit: name.said for benefit, name in file.benefit_names.items()},
        {benefit: tuple(_cases(name)) for benefit, name in file.benefit_names.items()},
    )


def _cases(name: _BenefitName) -> Iterator[tuple[tuple[str, ...], str]]:
    for topic, forms in name.cases.items():
        yield from ((tuple(fold(form).split()), topic) for form in forms)


def _reading(reading: _Reading) -> Reading:
    return Reading(frozenset(map(fold, reading.after)), frozenset(map(fold, reading.before)), reading.means)


def _terms(listed: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for name, forms in listed.items():
        for form in forms:
            words = tuple(fold(form).split())
            found.setdefault(words[0], []).append((words, name))
    return {first: tuple(sorted(forms, key=lambda item: -len(item[0]))) for first, forms in found.items()}


def _concepts(named: list[tuple[str, tuple[str, ...]]]) -> Concepts:
    found: dict[tuple[str, ...], list[tuple[tuple[str, ...], str]]] = {}
    for name, forms in named:
        for form in forms:
            words = form.lower().split()
            keys = tuple(accent_key(word) for word in words)
            found.setdefault(tuple(fold(word) for word in words), []).append((keys, name))
    return {folded: tuple(forms) for folded, forms in found.items()}


def _sizes(concepts: Concepts) -> dict[str, tuple[int, ...]]:
    sizes: dict[str, set[int]] = {}
    for words in concepts:
        sizes.setdefault(words[0], set()).add(len(words))
    return {first: tuple(sorted(found)) for first, found in sizes.items()}


def _known(file: _LexiconFile) -> frozenset[str]:
    listed = [*file.spellings.values(), *file.synonyms, *file.terms]
    for forms in (*file.terms.values(), *file.benefits.values(), *file.aspects.values()):
        listed.extend(forms)
    return frozenset(word for form in listed for word in fold(form).split())
