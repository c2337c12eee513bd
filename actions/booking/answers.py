"""How the answer to each question of the booking form is read. One function a question."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Dict, List, Mapping, Optional

from rasa_sdk.events import SlotSet
from sqlalchemy.orm import Session

from actions.booking import names, reading, understand
from actions.booking.state import ANY, NEW, Booking
from actions.turn import Turn
from clinic import consent as consents
from clinic import database, formats, patients, vocabulary
from clinic.scheduling import booking as appointments
from clinic.scheduling.proposals import EXACT
from clinic.scheduling.slots import free_slots
from clinic.triage import intakes

FALLBACK_SPECIALTY = "general_practice"


@dataclass(frozen=True)
class Answer:
    """What an answer did: the booking after it, a text to say first, whether it was understood, whether it ends.

    `asks` is a response with choices that takes the place of the next question.
    """

    booking: Booking
    says: Optional[str] = None
    values: Mapping[str, str] = field(default_factory=dict)
    understood: bool = True
    ends: bool = False
    asks: Optional[str] = None
    events: List[Dict[str, Any]] = field(default_factory=list)


def _not_understood(booking: Booking, says: str, **values: str) -> Answer:
    return Answer(booking, says=says, values=values, understood=False)


def consent_given(session: Session, booking: Booking, turn: Turn) -> Answer:
    """A clear yes and a no are recorded; no ends the booking, everything else asks again."""
    if turn.about not in (None, "consent"):
        return _not_understood(booking, "utter_choice_over")
    if turn.is_yes:
        consents.grant(turn.contact_id)
        return Answer(replace(booking, consent=True))
    if turn.intent in ("deny", "delete_data"):
        consents.refuse(turn.contact_id)
        return Answer(booking, says="utter_consent_refused", ends=True, events=[SlotSet("offer", "consent")])
    if turn.intent == "book_appointment":
        return Answer(booking)
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
    whatever = any(vocabulary.mentions(section, turn.text) for section in ("skip", "any_time"))
    if whatever or turn.intent == "deny" or vocabulary.is_one_of("any_one", turn.text):
        return Answer(replace(booking, practitioner=ANY))
    return _not_understood(booking, "utter_practitioner_not_understood")


def hold(session: Session, booking: Booking, turn: Turn, key: str) -> Answer:
    """Hold the slot, or say that it is gone and show others."""
    try:
        held = appointments.hold(turn.contact_id, key)
    except (appointments.SlotTaken, appointments.NotBookable):
        return Answer(booking.without_slot(), says="utter_slot_just_taken")
    # "any doctor" stays the wish: another time may be another doctor's
    doctor = booking.practitioner if booking.practitioner == ANY else None
    chosen = replace(booking, slot=key, appointment=held.id, practitioner=doctor, offered={}, confirmed=None)
    return Answer(understand.complete(session, chosen, turn.contact_id))


def _named_exactly(session: Session, booking: Booking, turn: Turn) -> Optional[str]:
    """The key of the only slot that begins at the time that was named, if there is just one."""
    wish = understand.wish_of(booking) if turn.entities("time") else None
    if wish is None or not wish.exact or wish.starts is None:
        return None
    found = free_slots(
        session,
        specialty=booking.specialty,
        practitioner=booking.practitioner if booking.practitioner != ANY else None,
        start=wish.starts,
        end=wish.starts + timedelta(minutes=1),
        limit=2,
        holder=turn.contact_id,
    )
    return found[0].key if len(found) == 1 else None


def slot(session: Session, booking: Booking, turn: Turn) -> Answer:
    """A tapped row, a number or an hour of the list, a new day or time, or "more"."""
    key = turn.value("slot_key")
    if not key and not turn.is_tap:
        shown = Booking.of(turn.tracker).offered_keys
        named_day = any(not entity.get("dateless") for entity in turn.entities("time"))
        key = reading.key_by_place(turn.text, shown)
        stretch = any((entity.get("resolved") or {}).get("grain") not in EXACT for entity in turn.entities("time"))
        if not key and not named_day and not stretch:
            named = [str(entity["value"]) for entity in turn.entities("time")]
            key = reading.chosen_key(turn.text, shown, names_time=not all(map(reading.is_bare_number, named)))
        key = key or _named_exactly(session, booking, turn)
    if key:
        return hold(session, booking, turn, key)
    if turn.value("change") or (booking.when and turn.entities("time")):
        return Answer(booking)
    if turn.value("page") or turn.intent == "deny" or vocabulary.mentions("more", turn.text):
        return Answer(replace(booking, offered={"after": booking.offered.get("next")}))
    if vocabulary.mentions("any_time", turn.text):
        return Answer(replace(booking, when=None, offered={}))
    if turn.intent == "book_appointment":
        return Answer(booking)
    return _not_understood(booking, "utter_time_not_understood")


def patient(session: Session, booking: Booking, turn: Turn) -> Answer:
    """A known patient by tap, place in the list or name; a relation (read before); or somebody new by name."""
    known = patients.patients_of(session, turn.contact_id)
    tapped = turn.value("patient_id")
    if tapped == NEW:
        return Answer(understand.new_patient(replace(booking, name=None, birth_date=None), known))
    chosen = next((p for p in known if tapped == str(p.id)), None) if tapped else names.known_patient(turn.text, known)
    if chosen:
        return Answer(understand.with_patient(booking, chosen))
    if vocabulary.matches("self_words", turn.text):
        one = understand.for_relation(booking, "self", known)
        return Answer(one) if one.patient else _not_understood(booking, "utter_name_not_understood")
    written = names.written(turn)
    if written and " " in written:
        return Answer(replace(understand.new_patient(booking, known), name=written))
    if turn.value("relation"):
        return Answer(booking)
    return _not_understood(booking, "utter_name_not_understood")


def name(session: Session, booking: Booking, turn: Turn) -> Answer:
    """A person's full name in any script; "for my daughter" says whose name is to follow."""
    relation = turn.value("relation")
    if relation and relation != booking.relation and not turn.is_tap:
        booking = replace(booking, relation=relation)
        written = names.written(turn)
        return Answer(replace(booking, name=written) if written and " " in written else booking)
    written = names.written(turn)
    if written is None:
        return _not_understood(booking, "utter_name_not_understood")
    return Answer(replace(booking, name=written))


def birth_date(session: Session, booking: Booking, turn: Turn) -> Answer:
    """A date that somebody alive can be born on."""
    found = reading.birth_date(turn.text, turn.entities("time"))
    relation = turn.value("relation")
    if found is None and relation and relation != booking.relation:
        return Answer(replace(booking, relation=relation))
    if found is None:
        corrected = names.written(turn)
        if corrected and " " in corrected:  # the name once more, in full or spelt right
            return Answer(replace(booking, patient=NEW, name=corrected))
        return _not_understood(booking, "utter_birth_date_not_understood")
    try:
        patients.check_birth_date(found)
    except patients.InvalidBirthDate:
        return _not_understood(booking, "utter_birth_date_impossible", date=formats.date(found, turn.language))
    return Answer(replace(booking, birth_date=found.isoformat()))


def confirmed(session: Session, booking: Booking, turn: Turn) -> Answer:
    """Yes books, in the database, now. Another time, name or date of birth is taken; a plain no asks what to change."""
    if booking.question != "confirmed":
        return Answer(booking)
    if turn.about not in (None, booking.about):
        return _not_understood(booking, "utter_choice_over")
    if turn.is_yes:
        return _book(booking, turn)
    born = reading.birth_date(turn.text, turn.entities("time"))
    if born and not turn.is_tap:
        return birth_date(session, replace(booking, patient=NEW), turn)
    if turn.value("person"):
        return Answer(replace(booking, patient=NEW, name=turn.value("person")))
    if vocabulary.matches("more", turn.text):
        return Answer(understand.changed(booking, "slot"))
    if turn.intent == "deny":
        return Answer(
            booking, asks="utter_ask_change", values={"about": booking.about}, events=[SlotSet("offer", "change")]
        )
    return _not_understood(booking, "utter_confirm_not_understood")


def _book(booking: Booking, turn: Turn) -> Answer:
    try:
        person = patients.find_or_create(
            turn.contact_id,
            booking.name or "",
            date.fromisoformat(booking.birth_date or ""),
            booking.relation or "self",
        )
        held = int(booking.appointment or 0)
        if booking.moves:
            appointments.move(int(booking.moves), held, turn.contact_id, person.id)
        else:
            appointments.confirm(held, turn.contact_id, person.id)
        _with_intake(turn, held, person.id)
    except (appointments.SlotTaken, appointments.NotBookable):
        return Answer(booking.without_slot(), says="utter_slot_just_taken")
    except patients.ConsentMissing:
        return Answer(replace(booking, consent=None))
    return Answer(replace(booking, patient=str(person.id), confirmed=True))


def _with_intake(turn: Turn, appointment_id: int, patient_id: int) -> None:
    """What was told in the intake that led here goes with the appointment."""
    intake_id = turn.tracker.get_slot("intake_id")
    if intake_id is not None:
        with database.transaction() as session:
            intakes.attach(session, int(intake_id), turn.contact_id, appointment_id, patient_id)
