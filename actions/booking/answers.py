"""How the answer to each question of the booking form is read. One function a question."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Dict, List, Mapping, Optional

from sqlalchemy.orm import Session

from actions.booking import reading, understand
from actions.booking.state import ANY, NEW, Booking
from actions.turn import Turn
from clinic import consent as consents
from clinic import formats, patients, vocabulary
from clinic.scheduling import booking as appointments
from clinic.scheduling.slots import free_slots

FALLBACK_SPECIALTY = "general_practice"


@dataclass(frozen=True)
class Answer:
    """What an answer did: the booking after it, a text to say first, whether it was understood, whether it ends."""

    booking: Booking
    says: Optional[str] = None
    values: Mapping[str, str] = field(default_factory=dict)
    understood: bool = True
    ends: bool = False
    events: List[Dict[str, Any]] = field(default_factory=list)


def _not_understood(booking: Booking, says: str, **values: str) -> Answer:
    return Answer(booking, says=says, values=values, understood=False)


def consent_given(session: Session, booking: Booking, turn: Turn) -> Answer:
    """Yes and no are recorded; no ends the booking, everything else asks again."""
    if turn.intent == "book_appointment" and not turn.is_tap:
        return Answer(booking)
    if turn.intent in ("affirm", "book_appointment"):
        consents.grant(turn.contact_id)
        return Answer(replace(booking, consent=True))
    if turn.intent == "deny":
        consents.refuse(turn.contact_id)
        return Answer(booking, says="utter_consent_refused", ends=True)
    return _not_understood(booking, "utter_confirm_not_understood")


def specialty(session: Session, booking: Booking, turn: Turn) -> Answer:
    """Words for a specialty or a doctor were read before; "I don't know" suggests a general practitioner."""
    if booking.specialty:
        return Answer(booking)
    if vocabulary.mentions("skip", turn.text):
        return Answer(replace(booking, specialty=FALLBACK_SPECIALTY), says="utter_specialty_unsure")
    if turn.intent == "book_appointment":
        return Answer(booking)
    return _not_understood(booking, "utter_specialty_not_understood")


def practitioner(session: Session, booking: Booking, turn: Turn) -> Answer:
    """A name was read before; "I don't mind" means any."""
    if booking.practitioner:
        return Answer(booking)
    if turn.intent == "deny" or vocabulary.mentions("skip", turn.text) or vocabulary.mentions("any_time", turn.text):
        return Answer(replace(booking, practitioner=ANY))
    return _not_understood(booking, "utter_practitioner_not_understood")


def hold(session: Session, booking: Booking, turn: Turn, key: str) -> Answer:
    """Hold the slot, or say that it is gone and show others."""
    try:
        held = appointments.hold(turn.contact_id, key)
    except (appointments.SlotTaken, appointments.NotBookable):
        return Answer(booking.without_slot(), says="utter_slot_just_taken")
    chosen = replace(booking, slot=key, appointment=held.id, practitioner=None, offered={}, confirmed=None)
    return Answer(understand.complete(session, chosen, turn.contact_id))


def _named_exactly(session: Session, booking: Booking) -> Optional[str]:
    """The key of the only slot that begins at the time that was named, if there is just one."""
    wish = understand.wish_of(booking)
    if wish is None or not wish.exact or wish.starts is None:
        return None
    found = free_slots(
        session,
        specialty=booking.specialty,
        practitioner=booking.practitioner if booking.practitioner != ANY else None,
        start=wish.starts,
        end=wish.starts + timedelta(minutes=1),
        limit=2,
    )
    return found[0].key if len(found) == 1 else None


def slot(session: Session, booking: Booking, turn: Turn) -> Answer:
    """A tapped row, a number or an hour of the list, a new day or time, or "more"."""
    key = turn.value("slot_key")
    if not key and not turn.is_tap:
        shown = Booking.of(turn.tracker).offered_keys
        named_day = any(not entity.get("dateless") for entity in turn.entities("time"))
        key = None if named_day else reading.chosen_key(turn.text, shown, names_time=bool(turn.entities("time")))
        key = key or _named_exactly(session, booking)
    if key:
        return hold(session, booking, turn, key)
    if turn.value("change") or (booking.when and turn.entities("time")):
        return Answer(booking)
    if turn.value("page") or turn.intent == "deny" or vocabulary.mentions("more", turn.text):
        return Answer(replace(booking, offered={"after": booking.offered.get("next")}))
    if vocabulary.mentions("any_time", turn.text):
        return Answer(replace(booking, when=None, offered={}))
    if turn.intent == "book_appointment":
        # the button "another specialty" of a list that came out empty
        return Answer(understand.changed(booking, "specialty") if turn.is_tap else booking)
    return _not_understood(booking, "utter_time_not_understood")


def patient(session: Session, booking: Booking, turn: Turn) -> Answer:
    """A known patient by tap or name, a relation (read before), or somebody new."""
    known = patients.patients_of(session, turn.contact_id)
    tapped = turn.value("patient_id")
    if tapped == NEW:
        return Answer(replace(booking, patient=NEW))
    folded = vocabulary.normalise(turn.text)
    for person in known:
        if tapped == str(person.id) or (not tapped and vocabulary.normalise(person.name) in folded):
            return Answer(understand.with_patient(booking, person))
    if turn.value("relation"):
        return Answer(replace(booking, patient=NEW))
    if vocabulary.matches("self_words", turn.text):
        return Answer(understand.for_relation(booking, "self", known))
    try:
        written = patients.clean_name(_name_part(turn))
    except patients.InvalidName:
        return _not_understood(booking, "utter_name_not_understood")
    if " " in written and turn.intent == "inform":
        return Answer(replace(booking, patient=NEW, name=written))
    return _not_understood(booking, "utter_name_not_understood")


def _name_part(turn: Turn) -> str:
    """The text without "my name is" and the like."""
    person = turn.value("person")
    if person:
        return person
    return vocabulary.without_leading(("name_cues", "weak_name_cues"), turn.text)


def name(session: Session, booking: Booking, turn: Turn) -> Answer:
    """A person's full name in any script."""
    bare_yes_or_no = turn.intent in ("affirm", "deny") and turn.confidence > 0.8 and len(turn.text.split()) < 3
    try:
        written = patients.clean_name(_name_part(turn))
    except patients.InvalidName:
        return _not_understood(booking, "utter_name_not_understood")
    if turn.is_tap or bare_yes_or_no:
        return _not_understood(booking, "utter_name_not_understood")
    return Answer(replace(booking, name=written))


def birth_date(session: Session, booking: Booking, turn: Turn) -> Answer:
    """A date that somebody alive can be born on."""
    found = reading.birth_date(turn.text, turn.entities("time"))
    if found is None:
        return _not_understood(booking, "utter_birth_date_not_understood")
    try:
        patients.check_birth_date(found)
    except patients.InvalidBirthDate:
        return _not_understood(booking, "utter_birth_date_impossible", date=formats.date(found, turn.language))
    return Answer(replace(booking, birth_date=found.isoformat()))


def confirmed(session: Session, booking: Booking, turn: Turn) -> Answer:
    """Yes books, in the database, now; no or another time goes back to the free slots."""
    if booking.slot is None:
        return Answer(booking)
    if turn.intent == "affirm":
        return _book(booking, turn)
    if turn.intent == "deny":
        booking.release(turn.contact_id)
        return Answer(replace(booking.without_slot(), when=None))
    return _not_understood(booking, "utter_confirm_not_understood")


def _book(booking: Booking, turn: Turn) -> Answer:
    try:
        person = patients.find_or_create(
            turn.contact_id,
            booking.name or "",
            date.fromisoformat(booking.birth_date or ""),
            booking.relation or "self",
        )
        appointments.confirm(int(booking.appointment or 0), turn.contact_id, person.id)
    except (appointments.SlotTaken, appointments.NotBookable):
        return Answer(booking.without_slot(), says="utter_slot_just_taken")
    except patients.ConsentMissing:
        return Answer(replace(booking, consent=None))
    return Answer(replace(booking, patient=str(person.id), confirmed=True))
