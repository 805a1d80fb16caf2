"""Fakes of Zalo's tests: a token store in memory, and tokens that never change."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chatbot.storage.port import StoreError, TokenRow, VersionConflictError
from tests.channels.samples import NOW


class NoTokens:
    """For tests that send nothing."""

    async def access(self) -> str:
        """A token that no server has seen."""
        return "unused"

    async def renew(self, refused: str) -> str:
        """The same."""
        return refused


@dataclass
class MemoryTokens:
    """A TokenStore in memory that keeps its journal."""

    broken: bool = False
    rows: dict[str, TokenRow] = field(default_factory=dict)
    journal: list[str] = field(default_factory=list)

    async def token(self, name: str) -> TokenRow | None:
        """The current grant."""
        self._must_work()
        return self.rows.get(name)

    async def journal_token(self, name: str, raw: str) -> None:
        """Append."""
        self._must_work()
        self.journal.append(raw)

    async def token_answers(self, name: str, since: datetime) -> Sequence[tuple[datetime, str]]:
        """The journal's answers, newest first; each was written at NOW."""
        self._must_work()
        return [(NOW, raw) for raw in reversed(self.journal) if raw and since <= NOW]

    async def put_token(self, row: TokenRow) -> None:
        """Replace, if the version follows."""
        self._must_work()
        old = self.rows.get(row.name)
        if row.version != (old.version if old else 0) + 1:
            raise VersionConflictError("another version")
        self.rows[row.name] = row

    def _must_work(self) -> None:
        if self.broken:
            raise StoreError("disk full")
