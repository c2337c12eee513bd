"""symptom intakes, and tasks that are done at a certain time"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from clinic.models.base import Json, UTCDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

LEVELS = "triage_level IN ('emergency', 'urgent', 'routine', 'self_care')"


def upgrade() -> None:
    op.create_table(
        "intakes",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("contact_id", sa.Integer, sa.ForeignKey("contacts.id"), nullable=False, index=True),
        sa.Column("patient_id", sa.Integer, sa.ForeignKey("patients.id"), index=True),
        sa.Column("appointment_id", sa.Integer, sa.ForeignKey("appointments.id"), index=True),
        sa.Column("complaint", sa.String(64), nullable=False),
        sa.Column("triage_level", sa.String(16), nullable=False),
        sa.Column("specialty", sa.String(64)),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("answers", sa.Text, nullable=False),
        sa.Column("created_at", UTCDateTime, nullable=False),
        sa.CheckConstraint(LEVELS, name="triage_level"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "tasks",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("contact_id", sa.Integer, sa.ForeignKey("contacts.id"), nullable=False, index=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("payload", Json, nullable=False),
        sa.Column("due_at", UTCDateTime, nullable=False),
        sa.Column("done_at", UTCDateTime),
        sa.Column("created_at", UTCDateTime, nullable=False),
        sqlite_autoincrement=True,
    )
    open_tasks = sa.text("done_at IS NULL")
    op.create_index("ix_tasks_due", "tasks", ["due_at"], sqlite_where=open_tasks, postgresql_where=open_tasks)


def downgrade() -> None:
    op.drop_table("tasks")
    op.drop_table("intakes")
