"""Loading `intents/`: every file is read, every problem is collected, and only whole content is handed out."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from chatbot.knowledge.complain import complaints
from chatbot.knowledge.faq import Faq
from chatbot.knowledge.files import Act, ActsFile, BackgroundFile, GroupsFile, MenuFile, PhrasesFile
from chatbot.knowledge.official import Official, load_official
from chatbot.knowledge.phrases import Phrases
from chatbot.knowledge.problem import ContentError, Problem
from chatbot.knowledge.series import SeriesBook, SeriesFile
from chatbot.knowledge.yaml_source import Document, Path_, read

Schema = TypeVar("Schema", bound=BaseModel)


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """All content, read-only. `fingerprint` is the SHA-256 of every content file (the model cache's key)."""

    root: Path
    fingerprint: str
    faqs: Mapping[str, Faq]
    acts: Mapping[str, Act]
    groups: GroupsFile
    series: SeriesBook
    phrases: Phrases
    menu: MenuFile
    background: tuple[str, ...]
    official: Official
    lines: Mapping[str, Document]
    """Where each topic stands, for messages of the content check."""

    def title(self, intent: str) -> str:
        """An intent in citizens' words."""
        return self.faqs[intent].title if intent in self.faqs else self.acts[intent].title

    def label(self, intent: str) -> str:
        """An intent as a button's label, at most 20 characters."""
        return self.faqs[intent].label if intent in self.faqs else self.acts[intent].label

    def __contains__(self, intent: object) -> bool:
        return intent in self.faqs or intent in self.acts

    def examples(self) -> Iterator[tuple[str, str]]:
        """Every (intent, phrasing) the understanding learns from."""
        for faq in self.faqs.values():
            yield from ((faq.id, text) for text in faq.ask)
        for name, act in self.acts.items():
            yield from ((name, text) for text in act.ask)


class _Reader:
    """Reads files against schemas and remembers what was wrong with them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.documents: dict[str, Document] = {}

    def document(self, path: Path) -> Document | None:
        try:
            return read(path, self.shown(path))
        except FileNotFoundError:
            self.problems.append(Problem(self.shown(path), 1, "Thiếu tệp này."))
        except ContentError as error:
            self.problems.extend(error.problems)
        return None

    def shown(self, path: Path) -> str:
        return str(Path(self.root.name) / path.relative_to(self.root))

    def one(self, path: Path, schema: type[Schema]) -> Schema | None:
        document = self.document(path)
        if document is None:
            return None
        try:
            return schema.model_validate(document.data)
        except ValidationError as error:
            self.problems.extend(complaints(error, document))
            return None

    def faqs(self) -> dict[str, Faq]:
        found: dict[str, Faq] = {}
        for path in sorted((self.root / "faq").glob("*/*.yaml")):
            faq = self.one(path, Faq)
            if faq is None:
                continue
            if faq.id != path.stem or faq.group != path.parent.name:
                expected = f"faq/{faq.group}/{faq.id}.yaml"
                self.problems.append(Problem(self.shown(path), 1, f"Tệp này phải nằm ở {expected}, đúng theo id và group."))
                continue
            found[faq.id] = faq
            self.documents[faq.id] = read(path, self.shown(path))
        return found

    def acts(self) -> dict[str, Act]:
        found: dict[str, Act] = {}
        for path in sorted((self.root / "acts").glob("*.yaml")):
            document = self.document(path)
            acts = self.one(path, ActsFile) if document else None
            for name, act in (acts.root if acts else {}).items():
                if name in found:
                    self.problems.append(Problem(self.shown(path), _line(document, (name,)), f"'{name}' đã có ở tệp khác."))
                found[name] = act
        return found


def _line(document: Document | None, place: Path_) -> int:
    return document.line(place) if document else 1


def load(root: Path) -> Knowledge:
    """Read all of `intents/`. Raises ContentError with every problem that keeps the content from being used."""
    reader = _Reader(root)
    faqs, acts = reader.faqs(), reader.acts()
    groups = reader.one(root / "groups.yaml", GroupsFile)
    series = reader.one(root / "series.yaml", SeriesFile)
    phrases = reader.one(root / "phrases.vi.yaml", PhrasesFile)
    menu = reader.one(root / "menu.yaml", MenuFile)
    background = reader.one(root / "background.yaml", BackgroundFile)
    official = load_official(root, reader.problems)
    if reader.problems or not (groups and series and phrases and menu and background and official):
        raise ContentError(reader.problems)
    return Knowledge(
        root=root,
        fingerprint=fingerprint(root),
        faqs=faqs,
        acts=acts,
        groups=groups,
        series=SeriesBook(series.root),
        phrases=Phrases(phrases.root),
        menu=menu,
        background=tuple(background.root),
        official=official,
        lines=reader.documents,
    )


def fingerprint(root: Path) -> str:
    """SHA-256 over the names and bytes of every content file, in order."""
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.yaml")):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
