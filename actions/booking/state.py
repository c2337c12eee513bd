"""What is known of a booking so far: the form's slots as a typed object."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any, Dict, List, Mapping, Optional, Tuple

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from clinic import formats
from clinic.scheduling import booking
from clinic.scheduling.slots import FreeSlot
from clinic.settings import settings

PREFIX = "booking_"
# Asked in this order; each is skipped while it has a value.
QUESTIONS = ("consent", "specialty", "practitioner", "slot", "patient", "name", "birth_date", "confirmed")
ANY = "any"
NEW = "new"


@dataclass(frozen=True)
class Booking:
    """One booking in the making; None is what is not known yet. Never changed: `replace` makes the next one."""

    consent: Optional[bool] = None
    specialty: Optional[str] = None
    practitioner: Optional[str] = None
    slot: Optional[str] = None
    patient: Optional[str] = None
    name: Optional[str] = None
    birth_date: Optional[str] = None
    confirmed: Optional[bool] = None
    when: Optional[Mapping[str, Any]] = None
    relation: Optional[str] = None
    offered: Mapping[str, Any] = field(default_factory=dict)
    appointment: Optional[int] = None
    # the booked one that this booking takes the place of
    moves: Optional[int] = None

    @classmethod
    def of(cls, tracker: Tracker) -> Booking:
        """Read the slots."""
        values = {entry.name: tracker.get_slot(PREFIX + entry.name) for entry in fields(cls)}
        return cls(**{**values, "offered": values["offered"] or {}})

    @staticmethod
    def cleared() -> List[Dict[str, Any]]:
        """Events that forget everything but the consent's answer, which is read from the database anyway."""
        return Booking().changes(None)

    def changes(self, before: Optional[Booking]) -> List[Dict[str, Any]]:
        """SlotSet events for what differs from `before` (None: for everything)."""
        old = asdict(before) if before else {}
        return [
            SlotSet(PREFIX + name, value if value != {} else None)
            for name, value in asdict(self).items()
            if before is None or value != old[name]
        ]

    @property
    def question(self) -> Optional[str]:
        """What to ask next; None when everything is known."""
        return next((name for name in QUESTIONS if getattr(self, name) is None), None)

    @property
    def about(self) -> str:
        """Names the hold in the buttons that answer the summary."""
        return f"hold-{self.appointment}"

    @property
    def offered_keys(self) -> Tuple[str, ...]:
        """Keys of the slots in the list that the patient has on the screen."""
        return tuple(self.offered.get("keys") or ())

    def without_slot(self) -> Booking:
        """The same with no slot chosen and no list shown."""
        return replace(self, slot=None, appointment=None, offered={}, confirmed=None)

    def release(self, contact_id: int) -> None:
        """Let the held slot go, if one is held."""
        if self.appointment is not None and not self.confirmed:
            booking.release(int(self.appointment), contact_id)

    def in_words(self) -> str:
        """For the staff: what was being booked, "" when nothing was."""
        when = str((self.when or {}).get("words") or "")
        if self.slot:
            when = formats.day_time(FreeSlot.parse(self.slot).starts_at, settings().default_language)
        parts = (self.specialty, self.practitioner if self.practitioner != ANY else None, when)
        kind = f"moves appointment {self.moves} to" if self.moves else "booking"
        return (f"{kind}: " + ", ".join(part for part in parts if part)) if any(parts) else ""
