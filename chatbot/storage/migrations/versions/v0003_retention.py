"""Retention finds settled sends by their age.

Revision ID: 0003
"""

from alembic import op
from sqlalchemy import text

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_WHICH = "status IN (2, 3, 5)"


def upgrade() -> None:
    """Add the index."""
    op.create_index(
        "outbox_settled", "outbox", ["updated_at"], sqlite_where=text(_WHICH), postgresql_where=text(_WHICH)
    )


def downgrade() -> None:
    """Take it away."""
    op.drop_index("outbox_settled", "outbox")
