"""Provinces in a text, under their present or former names (`intents/places.yaml`), also mistyped by a letter."""

import unicodedata
from collections.abc import Collection, Mapping
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
_LONGEST_ONE_SLIP: Final = 12
"""Letters of a name up to which only one may differ for `_ALIKE`."""
_EDGE: Final = 3


class _PlacesFile(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    source: str
    provinces: dict[str, tuple[str, ...]]


class Places:
    """Folded names and the present province of each; `accents` tells one-syllable names from everyday words."""

    def __init__(self, provinces: Mapping[str, str], accents: Mapping[str, str]) -> None:
        self.provinces = provinces
        self.accents = accents
        self._firsts = frozenset(name.split()[0] for name in provinces)
        self._edges: dict[str, tuple[str, ...]] = {}
        """The names by their first letters and by their last."""
        for name in provinces:
            for edge in (name[:_EDGE] + "-", "-" + name[-_EDGE:]):
                self._edges[edge] = (*self._edges.get(edge, ()), name)

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
        longest = min(_LONGEST, len(folded) - place) if folded[place] in self._firsts else 0
        for size in range(longest, 0, -1):
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
            best = process.extractOne(name, self.possible(name), scorer=scorer, score_cutoff=_ALIKE)
            if best:
                return size, self.provinces[best[0]]
        return 0, ""

    def possible(self, name: str) -> Collection[str]:
        """The names that may be alike enough. One slip leaves the first letters or the last as they were."""
        if len(name) > _LONGEST_ONE_SLIP:
            return self.provinces.keys()
        edges = {*self._edges.get(name[:_EDGE] + "-", ()), *self._edges.get("-" + name[-_EDGE:], ())}
        return [name for name in self.provinces if name in edges] if edges else ()


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
