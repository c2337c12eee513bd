"""first light: every table of the first version

Names that are not spelled out follow the naming convention of `clinic.models.base`.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
INSTANT = sa.DateTime(timezone=True)

TABLES = [
    *("organizations", "locations", "opening_hours", "holidays", "specialties", "practitioners"),
    *("practitioner_roles", "contacts", "contact_addresses", "patients", "consents", "schedules", "time_off"),
    *("appointment_types", "appointments", "handoffs", "audit_log", "inbox", "outbox"),
]


def _id() -> sa.Column:
    return sa.Column("id", sa.Integer, primary_key=True)


def _to(column: str, target: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(column, sa.Integer, sa.ForeignKey(target), nullable=nullable)


def _must(name: str, kind: object, **options: object) -> sa.Column:
    return sa.Column(name, kind, nullable=False, **options)


def _may(name: str, kind: object) -> sa.Column:
    return sa.Column(name, kind, nullable=True)


def _organisation() -> None:
    op.create_table(
        "organizations",
        _id(),
        _must("identifier", sa.String(64), unique=True),
        _must("names", JSON),
        _may("phone", sa.String(32)),
        _must("facts", JSON),
    )
    op.create_table(
        "locations",
        _id(),
        _must("identifier", sa.String(64), unique=True),
        _must("names", JSON),
        _must("address", JSON),
        _must("latitude", sa.Float),
        _must("longitude", sa.Float),
        _may("phone", sa.String(32)),
        _must("position", sa.Integer),
    )
    op.create_table(
        "opening_hours",
        _id(),
        _to("location_id", "locations.id"),
        _must("weekday", sa.Integer),
        _must("opens", sa.Time),
        _must("closes", sa.Time),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        sa.CheckConstraint("closes > opens", name="closes_after_opens"),
        sa.UniqueConstraint("location_id", "weekday", "opens"),
    )
    op.create_table(
        "holidays",
        _id(),
        _must("date", sa.Date),
        _to("location_id", "locations.id", nullable=True),
        _must("names", JSON),
        sa.UniqueConstraint("date", "location_id"),
    )
    op.create_table(
        "specialties",
        _id(),
        _must("code", sa.String(64), unique=True),
        _must("names", JSON),
        _must("position", sa.Integer),
    )
    op.create_table(
        "practitioners",
        _id(),
        _must("identifier", sa.String(64), unique=True),
        _must("name", sa.String(120)),
        _must("names", JSON),
        _must("gender", sa.String(16)),
        _must("languages", JSON),
        _must("active", sa.Boolean),
        sa.CheckConstraint("gender IN ('female', 'male', 'other', 'unknown')", name="gender"),
    )
    op.create_table(
        "practitioner_roles",
        _id(),
        _to("practitioner_id", "practitioners.id"),
        _to("specialty_id", "specialties.id"),
        _to("location_id", "locations.id"),
        sa.UniqueConstraint("practitioner_id", "specialty_id", "location_id"),
    )


def _people() -> None:
    op.create_table(
        "contacts",
        _id(),
        _may("language", sa.String(8)),
        _may("time_zone", sa.String(64)),
        _may("introduced_at", INSTANT),
        _must("created_at", INSTANT),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "contact_addresses",
        _id(),
        _to("contact_id", "contacts.id"),
        _must("system", sa.String(16)),
        _must("value", sa.String(160)),
        sa.CheckConstraint("system IN ('phone', 'user_id')", name="system"),
        sa.UniqueConstraint("system", "value"),
    )
    op.create_index("ix_contact_addresses_contact_id", "contact_addresses", ["contact_id"])
    op.create_table(
        "patients",
        _id(),
        _to("contact_id", "contacts.id"),
        _must("relation", sa.String(16)),
        _must("name", sa.String(120)),
        _must("birth_date", sa.Date),
        _must("created_at", INSTANT),
        sa.CheckConstraint(
            "relation IN ('self', 'daughter', 'son', 'child', 'mother', 'father', 'partner', 'other')", name="relation"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_patients_contact_id", "patients", ["contact_id"])
    op.create_table(
        "consents",
        _id(),
        _to("contact_id", "contacts.id"),
        _must("purpose", sa.String(32)),
        _must("granted", sa.Boolean),
        _must("version", sa.String(32)),
        _must("at", INSTANT),
    )
    op.create_index("ix_consents_contact_id_purpose", "consents", ["contact_id", "purpose"])


def _scheduling() -> None:
    op.create_table(
        "schedules",
        _id(),
        _to("practitioner_id", "practitioners.id"),
        _to("location_id", "locations.id"),
        _must("weekday", sa.Integer),
        _must("starts", sa.Time),
        _must("ends", sa.Time),
        _may("valid_from", sa.Date),
        _may("valid_to", sa.Date),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        sa.CheckConstraint("ends > starts", name="ends_after_starts"),
        sa.UniqueConstraint(
            "practitioner_id", "location_id", "weekday", "starts", "valid_from", name="uq_schedules_stretch"
        ),
    )
    op.create_table(
        "time_off",
        _id(),
        _to("practitioner_id", "practitioners.id"),
        _must("starts_at", INSTANT),
        _must("ends_at", INSTANT),
        sa.CheckConstraint("ends_at > starts_at", name="ends_after_starts"),
    )
    op.create_index("ix_time_off_practitioner_id_starts_at", "time_off", ["practitioner_id", "starts_at"])
    op.create_table(
        "appointment_types",
        _id(),
        _must("code", sa.String(64), unique=True),
        _must("names", JSON),
        _must("minutes", sa.Integer),
        _to("specialty_id", "specialties.id", nullable=True),
        _must("position", sa.Integer),
        sa.CheckConstraint("minutes BETWEEN 5 AND 480", name="minutes"),
    )
    op.create_table(
        "appointments",
        _id(),
        _to("patient_id", "patients.id", nullable=True),
        _to("contact_id", "contacts.id"),
        _to("practitioner_id", "practitioners.id"),
        _to("location_id", "locations.id"),
        _to("appointment_type_id", "appointment_types.id"),
        _must("starts_at", INSTANT),
        _must("ends_at", INSTANT),
        _must("status", sa.String(16)),
        _may("held_until", INSTANT),
        _must("created_at", INSTANT),
        _may("booked_at", INSTANT),
        _may("cancelled_at", INSTANT),
        sa.CheckConstraint("status IN ('held', 'booked', 'cancelled', 'completed', 'no_show')", name="status"),
        sa.CheckConstraint("ends_at > starts_at", name="ends_after_starts"),
        sa.CheckConstraint("status <> 'held' OR held_until IS NOT NULL", name="held_until"),
        sa.CheckConstraint("status <> 'booked' OR patient_id IS NOT NULL", name="booked_for_a_patient"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_appointments_patient_id", "appointments", ["patient_id"])
    op.create_index("ix_appointments_practitioner_id_starts_at", "appointments", ["practitioner_id", "starts_at"])
    op.create_index("ix_appointments_contact_id_starts_at", "appointments", ["contact_id", "starts_at"])


def _no_overlaps() -> None:
    """Two held or booked appointments of one practitioner never overlap: the database's own word."""
    if op.get_bind().dialect.name == "postgresql":
        # Ranges on both sides, because btree_gist is not everywhere.
        op.execute(
            "ALTER TABLE appointments ADD CONSTRAINT appointments_overlap EXCLUDE USING gist ("
            "int8range(practitioner_id, practitioner_id, '[]') WITH =, tstzrange(starts_at, ends_at) WITH &&"
            ") WHERE (status IN ('held', 'booked'))"
        )
        return
    for event in ("INSERT", "UPDATE OF practitioner_id, starts_at, ends_at, status"):
        name = "appointments_overlap_" + event.split()[0].lower()
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON appointments WHEN NEW.status IN ('held', 'booked') BEGIN "
            "SELECT RAISE(ABORT, 'appointments_overlap') FROM appointments "
            "WHERE practitioner_id = NEW.practitioner_id AND status IN ('held', 'booked') AND id IS NOT NEW.id "
            "AND starts_at < NEW.ends_at AND ends_at > NEW.starts_at; END"
        )


def _staff() -> None:
    op.create_table(
        "handoffs",
        _id(),
        _to("contact_id", "contacts.id"),
        _must("reason", sa.String(64)),
        _must("priority", sa.String(16)),
        _may("language", sa.String(8)),
        _must("summary", sa.Text),
        _must("status", sa.String(16)),
        _must("opened_at", INSTANT),
        _may("claimed_at", INSTANT),
        _may("claimed_by", sa.String(120)),
        _may("closed_at", INSTANT),
        sa.CheckConstraint("status IN ('open', 'claimed', 'closed')", name="status"),
        sa.CheckConstraint("priority IN ('normal', 'urgent')", name="priority"),
        sqlite_autoincrement=True,
    )
    _partial_index(
        "uq_handoffs_contact_id_not_closed", "handoffs", ["contact_id"], "status IN ('open', 'claimed')", True
    )
    op.create_index("ix_handoffs_status_opened_at", "handoffs", ["status", "opened_at"])
    op.create_table(
        "audit_log",
        _id(),
        _must("at", INSTANT),
        _must("actor", sa.String(120)),
        _must("action", sa.String(64)),
        _must("subject", sa.String(120)),
        _must("details", JSON),
    )
    op.create_index("ix_audit_log_subject", "audit_log", ["subject"])


def _messaging() -> None:
    op.create_table(
        "inbox",
        _id(),
        _must("wamid", sa.String(255), unique=True),
        _to("contact_id", "contacts.id", nullable=True),
        _must("kind", sa.String(32)),
        _may("text", sa.Text),
        _must("payload", JSON),
        _must("sent_at", INSTANT),
        _must("received_at", INSTANT),
        _may("processed_at", INSTANT),
        _must("attempts", sa.Integer, server_default="0"),
        _may("next_attempt_at", INSTANT),
        _may("error", sa.Text),
        sqlite_autoincrement=True,
    )
    _partial_index("ix_inbox_unprocessed", "inbox", ["contact_id", "sent_at", "id"], "processed_at IS NULL")
    op.create_index("ix_inbox_contact_id_sent_at", "inbox", ["contact_id", "sent_at"])
    op.create_table(
        "outbox",
        _id(),
        _to("contact_id", "contacts.id"),
        _must("opaque", sa.String(36), unique=True),
        _must("message", JSON),
        _may("in_reply_to", sa.String(255)),
        _must("position", sa.Integer, server_default="0"),
        _may("tag", sa.String(64)),
        _must("status", sa.String(16), server_default="queued"),
        _must("attempts", sa.Integer, server_default="0"),
        _may("next_attempt_at", INSTANT),
        _may("claimed_at", INSTANT),
        _may("wamid", sa.String(255)),
        _may("error_code", sa.String(32)),
        _may("error_detail", sa.Text),
        _must("created_at", INSTANT),
        _may("sent_at", INSTANT),
        _may("delivered_at", INSTANT),
        _may("read_at", INSTANT),
        sa.CheckConstraint(
            "status IN ('queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'parked')", name="status"
        ),
        sa.UniqueConstraint("in_reply_to", "position"),
        sqlite_autoincrement=True,
    )
    _partial_index("ix_outbox_pending", "outbox", ["contact_id", "id"], "status IN ('queued', 'sending')")
    op.create_index("ix_outbox_contact_id_created_at", "outbox", ["contact_id", "created_at"])
    op.create_index("ix_outbox_contact_id_tag", "outbox", ["contact_id", "tag"])
    op.create_index("ix_outbox_wamid", "outbox", ["wamid"])


def _partial_index(name: str, table: str, columns: list[str], where: str, unique: bool = False) -> None:
    condition = sa.text(where)
    op.create_index(name, table, columns, unique=unique, sqlite_where=condition, postgresql_where=condition)


def upgrade() -> None:
    _organisation()
    _people()
    _scheduling()
    _no_overlaps()
    _staff()
    _messaging()


def downgrade() -> None:
    for table in reversed(TABLES):
        op.drop_table(table)
