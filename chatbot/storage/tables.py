"""The tables, the same on SQLite and PostgreSQL. Texts in them are masked before they get here."""

from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

metadata = MetaData()
BigId = BigInteger().with_variant(Integer, "sqlite")


def _partial(name: str, *columns: str, where: str) -> Index:
    """An index of the rows that the condition picks, on either database."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


inbox = Table(
    "inbox",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("channel", String(16), nullable=False),
    Column("event_key", String(32), nullable=False),  # a hash: kept after erasure, so that a repeat stays a repeat
    Column("conversation", String(160), nullable=False),
    Column("part", SmallInteger, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("platform_at", Float, nullable=False),  # seconds since the epoch, UTC
    Column("received_at", Float, nullable=False),
    Column("body", LargeBinary),  # the event as JSON; null after erasure
    Column("status", SmallInteger, nullable=False, server_default="0"),  # 0 new, 1 done, 2 dead
    Column("error", String(80), nullable=False, server_default=""),
    Column("attempts", SmallInteger, nullable=False, server_default="0"),  # turns that failed, or ended their process
    UniqueConstraint("channel", "event_key", name="inbox_once"),
    _partial("inbox_dead", "id", where="status = 2"),
    _partial("inbox_open", "part", "id", where="status = 0"),
    Index("inbox_conversation", "conversation", "platform_at"),
    Index("inbox_age", "received_at"),
)

conversation = Table(
    "conversation",
    metadata,
    Column("key", String(160), primary_key=True),
    Column("part", SmallInteger, nullable=False),
    Column("version", Integer, nullable=False),
    Column("session", LargeBinary, nullable=False),
    Column("last_event_at", Float),
    Column("updated_at", Float, nullable=False),
)

turn = Table(
    "turn",
    metadata,
    Column("id", BigId, primary_key=True),  # the first inbox id of the turn
    Column("conversation", String(160), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("at", Float, nullable=False),
    Column("text", Text, nullable=False),  # masked
    Column("outcome", String(40), nullable=False),
    Column("intent", String(80), nullable=False),
    Column("record", LargeBinary, nullable=False),
    Index("turn_conversation", "conversation", "id"),
    Index("turn_at", "at"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("key", String(48), primary_key=True),
    Column("conversation", String(160), nullable=False),
    Column("part", SmallInteger, nullable=False),
    Column("channel", String(16), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("text", Text, nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("next_at", Float),
    Column("sending_at", Float),
    Column("platform_id", String(160), nullable=False, server_default=""),
    Column("error", String(80), nullable=False, server_default=""),
    Column("updated_at", Float, nullable=False),
    _partial("outbox_open", "part", "conversation", "seq", where="status IN (0, 1, 4)"),
    _partial("outbox_failed", "updated_at", where="status = 3"),
    _partial("outbox_settled", "updated_at", where="status IN (2, 3, 5)"),
    Index("outbox_conversation", "conversation", "seq"),
    Index("outbox_platform_id", "platform_id"),
)

token = Table(
    "token",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("grant", LargeBinary, nullable=False),  # encrypted
    Column("expires_at", Float, nullable=False),
    Column("state", String(16), nullable=False),
)

token_journal = Table(
    "token_journal",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("name", String(80), nullable=False),
    Column("at", Float, nullable=False),
    Column("raw", LargeBinary, nullable=False),  # encrypted; what the platform answered, before it was believed
)

setting = Table(
    "setting",
    metadata,
    Column("name", String(80), primary_key=True),
    Column("value", Text, nullable=False),
    Column("updated_at", Float, nullable=False),
)
