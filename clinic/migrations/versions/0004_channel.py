"""media, templates, channel events; price and priority of what is sent; flood control and identity of contacts"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from clinic.models.base import Json, UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

MEDIUM_STATUSES = "status IN ('waiting', 'stored', 'refused', 'failed', 'erased')"


def upgrade() -> None:
    _media()
    op.create_table(
        "templates",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("name", sa.String(512), nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("category", sa.String(32), nullable=False),
        sa.Column("status", sa.String(32), nullable=False),
        sa.Column("quality", sa.String(16)),
        sa.Column("channel_id", sa.String(64), index=True),
        sa.Column("components", Json),
        sa.Column("reason", sa.Text),
        sa.Column("updated_at", UTCDateTime, nullable=False),
        sa.UniqueConstraint("name", "language"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "channel_events",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("field", sa.String(64), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False, unique=True),
        sa.Column("payload", Json, nullable=False),
        sa.Column("received_at", UTCDateTime, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_channel_events_field_received_at", "channel_events", ["field", "received_at"])
    op.add_column("outbox", sa.Column("priority", sa.String(8), nullable=False, server_default="reply"))
    op.add_column("outbox", sa.Column("price_category", sa.String(32)))
    op.add_column("outbox", sa.Column("price_model", sa.String(16)))
    op.add_column("outbox", sa.Column("billable", sa.Boolean))
    for column in ("edited_at", "revoked_at"):
        op.add_column("inbox", sa.Column(column, UTCDateTime))
    for column in ("slowed_until", "slowed_told_at", "blocked_at", "marketing_stopped_at", "identity_changed_at"):
        op.add_column("contacts", sa.Column(column, UTCDateTime))
    op.add_column("contacts", sa.Column("identity_key", sa.String(128)))


def _media() -> None:
    op.create_table(
        "media",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("inbox_id", sa.Integer, sa.ForeignKey("inbox.id"), nullable=False, unique=True),
        sa.Column("contact_id", sa.Integer, sa.ForeignKey("contacts.id"), nullable=False, index=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("channel_id", sa.String(255), nullable=False),
        sa.Column("mime_type", sa.String(127)),
        sa.Column("sha256", sa.String(64)),
        sa.Column("size", sa.Integer),
        sa.Column("name", sa.String(64), unique=True),
        sa.Column("original_name", sa.Text),
        sa.Column("transcript", sa.Text),
        sa.Column("status", sa.String(16), nullable=False, server_default="waiting"),
        sa.Column("error", sa.String(255)),
        sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
        sa.Column("next_attempt_at", UTCDateTime),
        sa.Column("created_at", UTCDateTime, nullable=False),
        sa.Column("stored_at", UTCDateTime),
        sa.CheckConstraint(MEDIUM_STATUSES, name="status"),
        sqlite_autoincrement=True,
    )
    waiting = sa.text("status = 'waiting'")
    op.create_index("ix_media_waiting", "media", ["next_attempt_at"], sqlite_where=waiting, postgresql_where=waiting)


def downgrade() -> None:
    for column in ("identity_key", "identity_changed_at", "marketing_stopped_at", "blocked_at", "slowed_told_at"):
        op.drop_column("contacts", column)
    op.drop_column("contacts", "slowed_until")
    for column in ("revoked_at", "edited_at"):
        op.drop_column("inbox", column)
    for column in ("billable", "price_model", "price_category", "priority"):
        op.drop_column("outbox", column)
    for table in ("channel_events", "templates", "media"):
        op.drop_table(table)
