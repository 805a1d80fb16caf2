"""Dead letters: how often an event was tried, and indexes that find what was given up.

Revision ID: 0002
"""

from alembic import op
from sqlalchemy import Column, SmallInteger, text

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and both indexes."""
    op.add_column("inbox", Column("attempts", SmallInteger, nullable=False, server_default="0"))
    _index("inbox_dead", "inbox", "id", "status = 2")
    _index("outbox_failed", "outbox", "updated_at", "status = 3")


def downgrade() -> None:
    """Take them away."""
    op.drop_index("outbox_failed", "outbox")
    op.drop_index("inbox_dead", "inbox")
    with op.batch_alter_table("inbox") as table:
        table.drop_column("attempts")


def _index(name: str, table: str, column: str, which: str) -> None:
    op.create_index(name, table, [column], sqlite_where=text(which), postgresql_where=text(which))
