"""indexes for what is looked for again and again and is hardly ever there: files to remove, what was not delivered"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Of the status: of nothing else SQLite would rather take this index than the one of the names.
    swept = sa.text("name IS NOT NULL AND status IN ('erased', 'refused', 'failed')")
    op.create_index("ix_media_to_sweep", "media", ["status"], sqlite_where=swept, postgresql_where=swept)
    ended = sa.text("status IN ('failed', 'parked')")
    op.create_index("ix_outbox_undelivered", "outbox", ["created_at"], sqlite_where=ended, postgresql_where=ended)


def downgrade() -> None:
    op.drop_index("ix_outbox_undelivered", "outbox")
    op.drop_index("ix_media_to_sweep", "media")
