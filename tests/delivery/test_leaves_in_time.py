"""A send that could begin long after its SENDING was stamped: by then its conversation may be another process's."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Final

from chatbot.channels.base import Payload, SendResult
from chatbot.channels.transport import NOT_AFTER
from chatbot.storage.port import OutboxStatus, Outgoing
from chatbot.storage.postgres import PostgresStore
from chatbot.storage.rows import PARTS
from chatbot.storage.secret_box import SecretBox, key_from_file
from tests.delivery.conftest import Clock, Phone, make_rig, text
from tests.postgres import database

LEAVES_WITHIN_S: Final = 4.0
"""The default of `OutboxTools`."""


@dataclass
class LookingPhone(Phone):
    """Remembers until when each send might have left."""

    limits_told: list[float] = field(default_factory=list)

    async def send(self, conversation: str, payload: Payload, key: str) -> SendResult:
        self.limits_told.append(NOT_AFTER.get())
        return await super().send(conversation, payload, key)


class WatchedStore(PostgresStore):
    """Remembers when it was asked to put SENDING on disk."""

    asked_at: float = math.nan

    async def mark(self, rows: Sequence[Outgoing]) -> None:
        if rows[0].status is OutboxStatus.SENDING:
            self.asked_at = monotonic()
        await super().mark(rows)


async def test_the_time_that_writing_sending_takes_is_not_given_on_top(tmp_path: Path, clock: Clock) -> None:
    async with database() as url:
        store = WatchedStore(url, SecretBox(key_from_file(tmp_path / "key")), clock, worker=True)
        store.mine |= await store.take(range(PARTS))
        phone = LookingPhone()
        rig = make_rig(store, clock, phone=phone)
        await rig.inbox.accept([text("k1", "một")])
        await rig.settle()
        await rig.stop()
    assert phone.arrived
    assert phone.limits_told[0] <= store.asked_at + LEAVES_WITHIN_S
