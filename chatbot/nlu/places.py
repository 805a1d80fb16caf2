"""Provinces in a text, under their present or former names (`intents/places.yaml`), also mistyped by a letter."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml
from pydantic import BaseModel, ConfigDict
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from chatbot.nlu.letters import accent_key, fold

FILE: Final = "places.yaml"
_CUES: Final = frozenset(
    {"o", "tai", "tinh", "tp", "quan", "huyen", "ve", "ra", "vao", "vo", "len", "xuong", "pho", "bhxh", "que"}
)
_LONGEST: Final = 4
_ALIKE: Final = 0.86
_SHORTEST_FUZZY: Final = 6


class _PlacesFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    provinces: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Places:
    """Folded names and the present province of each; `accents` tells one-syllable names from everyday words."""

    provinces: Mapping[str, str]
    accents: Mapping[str, str]

    def find(self, spelled: tuple[str, ...], folded: tuple[str, ...]) -> tuple[str, ...]:
        """The present provinces that a text names, each once, in the order of the text."""
        found: dict[str, None] = {}
        place = 0
        while place < len(folded):
            size, province = self._at(spelled, folded, place)
            if province:
                found[province] = None
            place += max(size, 1)
        return tuple(found)

    def _at(self, spelled: tuple[str, ...], folded: tuple[str, ...], place: int) -> tuple[int, str]:
        cued = place > 0 and folded[place - 1] in _CUES
        for size in range(min(_LONGEST, len(folded) - place), 0, -1):
            name = " ".join(folded[place : place + size])
            if name in self.provinces and (size > 1 or cued or self._written(name, spelled[place])):
                return size, self.provinces[name]
        return self._nearly(folded, place) if cued else (0, "")

    def _written(self, name: str, spelled: str) -> bool:
        return not spelled.isascii() and self.accents[name] == accent_key(spelled)

    def _nearly(self, folded: tuple[str, ...], place: int) -> tuple[int, str]:
        for size in (3, 2):
            name = " ".join(folded[place : place + size])
            if len(name) < _SHORTEST_FUZZY or place + size > len(folded):
                continue
            scorer = DamerauLevenshtein.normalized_similarity
            best = process.extractOne(name, self.provinces.keys(), scorer=scorer, score_cutoff=_ALIKE)
            if best:
                return size, self.provinces[best[0]]
        return 0, ""


def load_places(root: Path) -> Places:
    """Read the gazetteer of a content folder. Raises pydantic's ValidationError when it does not fit the schema."""
    text = unicodedata.normalize("NFC", (root / FILE).read_text(encoding="utf-8"))
    file = _PlacesFile.model_validate(yaml.safe_load(text))
    provinces: dict[str, str] = {}
    accents: dict[str, str] = {}
    for province, others in file.provinces.items():
        for name in (province, *others):
            provinces[fold(name)] = province
            accents[fold(name)] = accent_key(name.lower())
    return Places(provinces, accents)
