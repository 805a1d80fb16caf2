"""The first schema.

Revision ID: 0001
"""

from alembic import op
from sqlalchemy import (
    BigInteger,
    Column,
    Float,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BigId = BigInteger().with_variant(Integer, "sqlite")


def upgrade() -> None:
    """Create every table."""
    _delivery()
    _outbox()
    _rest()


def _delivery() -> None:
    op.create_table(
        "inbox",
        Column("id", BigId, primary_key=True, autoincrement=True),
        Column("channel", String(16), nullable=False),
        Column("event_key", String(32), nullable=False),
        Column("conversation", String(160), nullable=False),
        Column("part", SmallInteger, nullable=False),
        Column("kind", String(16), nullable=False),
        Column("platform_at", Float, nullable=False),
        Column("received_at", Float, nullable=False),
        Column("body", LargeBinary),
        Column("status", SmallInteger, nullable=False, server_default="0"),
        Column("error", String(80), nullable=False, server_default=""),
        UniqueConstraint("channel", "event_key", name="inbox_once"),
    )
    op.create_index(
        "inbox_open", "inbox", ["part", "id"], sqlite_where=text("status = 0"), postgresql_where=text("status = 0")
    )
    op.create_index("inbox_conversation", "inbox", ["conversation", "platform_at"])
    op.create_index("inbox_age", "inbox", ["received_at"])
    op.create_table(
        "conversation",
        Column("key", String(160), primary_key=True),
        Column("part", SmallInteger, nullable=False),
        Column("version", Integer, nullable=False),
        Column("session", LargeBinary, nullable=False),
        Column("last_event_at", Float),
        Column("updated_at", Float, nullable=False),
    )

    op.create_table(
        "turn",
        Column("id", BigId, primary_key=True),
        Column("conversation", String(160), nullable=False),
        Column("channel", String(16), nullable=False),
        Column("at", Float, nullable=False),
        Column("text", Text, nullable=False),
        Column("outcome", String(40), nullable=False),
        Column("intent", String(80), nullable=False),
        Column("record", LargeBinary, nullable=False),
    )
    op.create_index("turn_conversation", "turn", ["conversation", "id"])
    op.create_index("turn_at", "turn", ["at"])


def _outbox() -> None:
    op.create_table(
        "outbox",
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
    )
    op.create_index(
        "outbox_open",
        "outbox",
        ["part", "conversation", "seq"],
        sqlite_where=text("status IN (0, 1, 4)"),
        postgresql_where=text("status IN (0, 1, 4)"),
    )
    op.create_index("outbox_conversation", "outbox", ["conversation", "seq"])
    op.create_index("outbox_platform_id", "outbox", ["platform_id"])


def _rest() -> None:
    op.create_table(
        "token",
        Column("name", String(80), primary_key=True),
        Column("version", Integer, nullable=False),
        Column("grant", LargeBinary, nullable=False),
        Column("expires_at", Float, nullable=False),
        Column("state", String(16), nullable=False),
    )
    op.create_table(
        "token_journal",
        Column("id", BigId, primary_key=True, autoincrement=True),
        Column("name", String(80), nullable=False),
        Column("at", Float, nullable=False),
        Column("raw", LargeBinary, nullable=False),
    )
    op.create_table(
        "setting",
        Column("name", String(80), primary_key=True),
        Column("value", Text, nullable=False),
        Column("updated_at", Float, nullable=False),
    )


def downgrade() -> None:
    """Drop every table."""
    op.drop_table("setting")
    op.drop_table("token_journal")
    op.drop_table("token")
    op.drop_table("outbox")
    op.drop_table("turn")
    op.drop_table("conversation")
    op.drop_table("inbox")
