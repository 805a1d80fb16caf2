"""Content check, part three: sentences by key, the menu, and what the program's code asks of both."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from string import Formatter
from typing import Final

from chatbot.knowledge.check_answers import Outbound
from chatbot.knowledge.load import Knowledge
from chatbot.knowledge.problem import Problem, Severity
from chatbot.knowledge.yaml_source import read

MENU_TARGETS: Final = frozenset({"groups", "human"})
"""Menu targets that are no content: the list of all groups, a person. `group:<name>` is the menu of one group."""
ENGLISH: Final = ".en"
"""A sentence's English twin: used where the sentence itself is used."""
_SLOTTED: Final = re.compile(r"\S*\{\w*\}\S*")
"""A word with a slot; what fills it comes from the register or from the program."""
_ASKING: Final = frozenset({"say", "variants"})
"""Methods whose first argument is a phrase's key."""


@dataclass(slots=True)
class PhraseUse:
    """Keys that code and flows name: `asked` must exist; `seen` (any literal) and `prefixes` may be keys.

    `whole` is false when the program's source was not found, as in a folder that holds content only."""

    asked: dict[str, tuple[str, int]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    prefixes: set[str] = field(default_factory=set)
    whole: bool = True

    def uses(self, key: str) -> bool:
        """Is this key named anywhere, or built from a prefix that is? Nobody knows when the source was not read."""
        if not self.whole:
            return True
        key = key.removesuffix(ENGLISH)
        return key in self.seen or any(key.startswith(prefix) for prefix in self.prefixes)


def phrase_use(folders: Iterable[Path], flows: Path) -> PhraseUse:
    """Read the program's own source (never run it) and the flows for the keys they name."""
    use = PhraseUse()
    for folder in folders:
        use.whole = use.whole and folder.is_dir()
        for path in sorted(folder.rglob("*.py")):
            shown = str(path.relative_to(folder.parent))
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                _note(node, shown, use)
    for path in sorted(flows.glob("*.yaml")):
        use.seen |= set(_words(read(path, path.name).data))
    return use


def _note(node: ast.AST, shown: str, use: PhraseUse) -> None:
    match node:
        case ast.Call(func=ast.Attribute(attr=name), args=[ast.Constant(value=str(key)), *_]) if (
            name in _ASKING and "." in key and " " not in key
        ):
            use.asked.setdefault(key, (shown, node.lineno))
        case ast.Constant(value=str(text)):
            use.seen.add(text)
        case ast.JoinedStr(values=[ast.Constant(value=str(prefix)), *_]) if "." in prefix:
            use.prefixes.add(prefix)


def _words(data: object) -> Iterator[str]:
    if isinstance(data, dict):
        for key, value in data.items():
            yield key
            yield from _words(value)
    elif isinstance(data, list):
        for item in data:
            yield from _words(item)
    elif isinstance(data, str):
        yield data


def _slots_readable(text: str) -> bool:
    try:
        slots = [slot for _, slot, _, _ in Formatter().parse(text) if slot is not None]
    except ValueError:
        return False
    return all(slot.isidentifier() for slot in slots)


@dataclass(frozen=True, slots=True)
class PhraseCheck:
    """The checks of phrases.vi.yaml and menu.yaml."""

    knowledge: Knowledge
    use: PhraseUse
    outbound: Outbound

    def problems(self) -> Iterator[Problem]:
        """Missing and unused sentences, forbidden links in sentences, menu lines that lead nowhere."""
        yield from self._missing()
        yield from self._sentences()
        yield from self._menu()

    def _missing(self) -> Iterator[Problem]:
        for key, (file, line) in sorted(self.use.asked.items()):
            if key not in self.knowledge.phrases:
                yield Problem(file, line, f"phrases.vi.yaml không có câu '{key}': thêm câu này.")

    def _sentences(self) -> Iterator[Problem]:
        document = read(self.knowledge.root / "phrases.vi.yaml", f"{self.knowledge.root.name}/phrases.vi.yaml")
        for key in self.knowledge.phrases.keys():  # noqa: SIM118 - Phrases is not a mapping
            line = document.line((key,))
            if not self.use.uses(key) and key not in self.knowledge:  # an act's sentence is said by its name
                message = f"Không chỗ nào dùng câu '{key}': bỏ đi hoặc kiểm tra tên."
                yield Problem(document.file, line, message, Severity.WARNING)
            for text in self.knowledge.phrases.variants(key):
                if not _slots_readable(text):
                    message = f"Câu '{key}' có dấu {{ }} viết chưa đúng: mỗi chỗ điền viết {{tên}}."
                    yield Problem(document.file, line, message)
                for reason in self.outbound(_SLOTTED.sub("…", text)):
                    yield Problem(document.file, line, f"Câu '{key}' không được gửi đi: {reason}")

    def _menu(self) -> Iterator[Problem]:
        file = f"{self.knowledge.root.name}/menu.yaml"
        document = read(self.knowledge.root / "menu.yaml", file)
        for name, items in (("main", self.knowledge.menu.main), ("ice_breakers", self.knowledge.menu.ice_breakers)):
            for number, item in enumerate(items):
                if not self._leads(item.to):
                    message = (
                        f"Mục '{item.label}' dẫn tới '{item.to}', nhưng không có chủ đề, nhóm hay ý định nào tên đó."
                    )
                    yield Problem(file, document.line((name, number, "to")), message)

    def _leads(self, target: str) -> bool:
        group = target.removeprefix("group:")
        if group != target:
            return group in self.knowledge.groups.groups
        return target in MENU_TARGETS or target in self.knowledge
