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
from chatbot.knowledge.yaml_source import Document, read

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
    """Where each topic and act stands (file and lines), for messages of the content check."""

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


@dataclass(frozen=True, slots=True)
class Examined:
    """What reading `intents/` gave: the content as far as it could be read (None when a file that all depend on is
    broken), every problem, and the ids of topics whose files could not be read."""

    root: Path
    knowledge: Knowledge | None
    problems: tuple[Problem, ...]
    unread: frozenset[str]


class _Reader:
    """Reads files against schemas and remembers what was wrong with them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.problems: list[Problem] = []
        self.documents: dict[str, Document] = {}
        self.unread: set[str] = set()

    def shown(self, path: Path) -> str:
        return str(Path(self.root.name) / path.relative_to(self.root))

    def both(self, path: Path, schema: type[Schema]) -> tuple[Schema, Document] | None:
        """The file's content and its lines, or None with the problems remembered."""
        try:
            document = read(path, self.shown(path))
            return schema.model_validate(document.data), document
        except FileNotFoundError:
            self.problems.append(Problem(self.shown(path), 1, "Thiếu tệp này."))
        except ContentError as error:
            self.problems.extend(error.problems)
        except ValidationError as error:
            self.problems.extend(complaints(error, document))
        return None

    def one(self, path: Path, schema: type[Schema]) -> Schema | None:
        found = self.both(path, schema)
        return found[0] if found else None

    def faqs(self) -> dict[str, Faq]:
        found: dict[str, Faq] = {}
        for path in sorted((self.root / "faq").glob("*/*.yaml")):
            both = self.both(path, Faq)
            if both is None:
                self.unread.add(path.stem)
                continue
            faq, document = both
            if faq.id != path.stem or faq.group != path.parent.name:
                expected = f"faq/{faq.group}/{faq.id}.yaml"
                self._complain(path, f"Tệp này phải nằm ở {expected}, đúng theo id và group.")
                self.unread |= {faq.id, path.stem}
            elif faq.id in found:
                self._complain(path, f"id '{faq.id}' đã có ở {self.documents[faq.id].file}: đổi một id.")
            else:
                found[faq.id] = faq
                self.documents[faq.id] = document
        return found

    def acts(self) -> dict[str, Act]:
        found: dict[str, Act] = {}
        for path in sorted((self.root / "acts").glob("*.yaml")):
            both = self.both(path, ActsFile)
            if both is None:
                continue
            acts, document = both
            for name, act in acts.root.items():
                if name in found:
                    self._complain(path, f"'{name}' đã có ở {self.documents[name].file}.", document.line((name,)))
                    continue
                found[name] = act
                self.documents[name] = document
        return found

    def _complain(self, path: Path, sentence: str, line: int = 1) -> None:
        self.problems.append(Problem(self.shown(path), line, sentence))


def load(root: Path) -> Knowledge:
    """Read all of `intents/`. Raises ContentError with every problem that keeps the content from being used."""
    examined = examine(root)
    if examined.problems or examined.knowledge is None:
        raise ContentError(list(examined.problems))
    return examined.knowledge


def examine(root: Path) -> Examined:
    """Read all of `intents/` and keep what could be read, for the content check."""
    reader = _Reader(root)
    faqs, acts = reader.faqs(), reader.acts()
    groups = reader.one(root / "groups.yaml", GroupsFile)
    series = reader.one(root / "series.yaml", SeriesFile)
    phrases = reader.one(root / "phrases.vi.yaml", PhrasesFile)
    menu = reader.one(root / "menu.yaml", MenuFile)
    background = reader.one(root / "background.yaml", BackgroundFile)
    official = load_official(root, reader.problems)
    knowledge = None
    if groups and series and phrases and menu and background and official:
        knowledge = Knowledge(
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
    return Examined(root, knowledge, tuple(reader.problems), frozenset(reader.unread))


def stamp(root: Path) -> frozenset[tuple[Path, int, int]]:
    """Names, times and sizes of every content file: a cheap look whether reading them again may be worth it."""
    return frozenset((path, (seen := path.stat()).st_mtime_ns, seen.st_size) for path in root.rglob("*.yaml"))


def fingerprint(root: Path) -> str:
    """SHA-256 over the names and bytes of every content file, in order."""
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.yaml")):
        digest.update(str(path.relative_to(root)).encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()
