"""What one message adds to a booking, whichever question was asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any, Dict, Optional, Sequence

from sqlalchemy.orm import Session

from actions.booking import reading
from actions.booking.state import ANY, NEW, Booking
from actions.turn import Turn
from clinic import clock, directory, patients, vocabulary
from clinic.models import Patient
from clinic.scheduling.proposals import EXACT, Wish
from clinic.scheduling.slots import FreeSlot, InvalidKey
from clinic.settings import settings

# While these are asked, other data in the message is part of the answer: a patient may be called as a doctor is.
ONLY_THE_ANSWER = ("booking_name", "booking_birth_date", "booking_consent", "booking_patient")
# Here "for me" is a manner of speaking: "that is too early for me".
BESIDE_THE_POINT = ("booking_slot", "booking_confirmed")
# Of these somebody may have several: which one is asked, never guessed.
SEVERAL = frozenset(("daughter", "son", "child", "other"))
# A day longer ago than this is nobody's wish for an appointment: it is a date of birth.
LONG_AGO = timedelta(days=365)


def _time(turn: Turn) -> Optional[Dict[str, Any]]:
    """The time that was named, with its words; a date of birth is none."""
    for entity in turn.entities("time"):
        resolved = entity.get("resolved") or {}
        begins = resolved.get("from")
        if resolved and not (begins and datetime.fromisoformat(begins) < clock.now() - LONG_AGO):
            return {**resolved, "words": entity["value"], "dateless": bool(entity.get("dateless"))}
    return None


def _day_on_the_table(booking: Booking) -> Optional[date]:
    """The day that is talked about: the one asked for before, or that of all slots on the screen."""
    zone = settings().time_zone
    wish = wish_of(booking)
    if wish and wish.one_day and wish.starts:
        return wish.starts.astimezone(zone).date()
    days = {FreeSlot.parse(key).starts_at.astimezone(zone).date() for key in booking.offered_keys}
    return days.pop() if len(days) == 1 else None


def _on_the_day(booking: Booking, when: Dict[str, Any]) -> Dict[str, Any]:
    """A time of day alone ("at 3") is meant on the day that is talked about, if there is one."""
    day = _day_on_the_table(booking) if when["dateless"] else None
    if day is None:
        return when
    moved = {
        side: datetime.combine(day, datetime.fromisoformat(when[side]).time(), settings().time_zone).isoformat()
        for side in ("from", "to")
        if when.get(side)
    }
    return {**when, **moved, "dateless": False}


def wish_of(booking: Booking) -> Optional[Wish]:
    """What was asked for, as the scheduling room takes it; None when no time was."""
    when = booking.when
    if not when:
        return None
    starts, ends = (datetime.fromisoformat(when[side]) if when.get(side) else None for side in ("from", "to"))
    grain = str(when.get("grain"))
    if when.get("dateless"):
        last = starts + timedelta(minutes=1) if grain in EXACT and starts else ends
        return Wish(None, None, grain, part=(starts.time() if starts else time.min, last.time() if last else time.max))
    return Wish(starts, ends or _end_of_its_day(starts, grain), grain)


def _end_of_its_day(starts: Optional[datetime], grain: str) -> Optional[datetime]:
    """The end of the day of "Tuesday after 11"; "after Tuesday" has none."""
    local = starts.astimezone(settings().time_zone) if starts else None
    if local is None or grain in EXACT or local.time() == time.min:
        return None
    return datetime.combine(local.date() + timedelta(days=1), time.min, settings().time_zone)


def with_practitioner(session: Session, booking: Booking, identifier: str, specialty: Optional[str]) -> Booking:
    """`booking` with this doctor, in the field that was named or is known, and no slot if that is a change."""
    person = directory.practitioner(session, identifier)
    if person is None:
        return booking
    theirs = [role.specialty.code for role in person.roles]
    field = next((code for code in (specialty, booking.specialty) if code in theirs), theirs[0] if theirs else None)
    if booking.practitioner == identifier and booking.specialty == field:
        return booking
    return replace(booking.without_slot(), practitioner=identifier, specialty=field)


def _with_specialty(session: Session, booking: Booking, code: str) -> Booking:
    if directory.specialty(session, code) is None or code == booking.specialty:
        return booking
    return replace(booking.without_slot(), specialty=code, practitioner=None)


def _with_relation(booking: Booking, relation: str) -> Booking:
    if relation == booking.relation:
        return booking
    return replace(booking, relation=relation, patient=None, name=None, birth_date=None, confirmed=None)


def changed(booking: Booking, change: str) -> Booking:
    """`booking` without what is to be chosen again: specialty, practitioner, slot, patient, name or birth_date."""
    if change == "specialty":
        return replace(booking.without_slot(), specialty=None, practitioner=None, when=None)
    if change == "slot":
        return replace(booking.without_slot(), when=None)
    if change == "practitioner":
        return replace(booking.without_slot(), practitioner=None, when=None)
    if change == "patient":
        return replace(booking, patient=None, relation=None, name=None, birth_date=None)
    if change == "name":
        return replace(booking, patient=NEW, name=None)
    if change == "birth_date":
        return replace(booking, patient=NEW, birth_date=None)
    return booking


def add(session: Session, booking: Booking, turn: Turn) -> Booking:
    """`booking` with the data that the message names: doctor, specialty, for whom, when."""
    if turn.asked in ONLY_THE_ANSWER and not turn.opens_form and not turn.is_tap:
        relation = turn.value("relation") if turn.asked == "booking_patient" else None
        return _with_relation(booking, relation) if relation else booking
    change = turn.value("change")
    if change:
        return changed(booking, change)
    practitioner, specialty = turn.value("practitioner"), turn.value("specialty")
    if practitioner == ANY or (not practitioner and vocabulary.mentions("any_practitioner", turn.text)):
        booking = booking if booking.practitioner == ANY else replace(booking.without_slot(), practitioner=ANY)
    if specialty:
        keep = booking.practitioner if booking.practitioner == ANY else None
        with_it = _with_specialty(session, booking, specialty)
        booking = replace(with_it, practitioner=keep) if with_it is not booking else booking
    if practitioner and practitioner != ANY:
        booking = with_practitioner(session, booking, practitioner, specialty)
    relation = turn.value("relation")
    if relation and not (relation == "self" and turn.asked in BESIDE_THE_POINT):
        booking = _with_relation(booking, relation)
    when = _time(turn)
    if when and reading.is_bare_number(when["words"]) and reading.chosen_key(turn.text, booking.offered_keys):
        when = None  # "2" is the second row, or the one at two
    if when and not turn.value("slot_key") and not _is_the_held_one(booking, when):
        booking = replace(booking.without_slot(), when=_on_the_day(booking, when))
    return booking


def _is_the_held_one(booking: Booking, when: Dict[str, Any]) -> bool:
    """Whether "yes, at 9:40" names the very slot that is held already."""
    if not booking.slot or when.get("grain") not in EXACT:
        return False
    held = FreeSlot.parse(booking.slot).starts_at.astimezone(settings().time_zone)
    named = datetime.fromisoformat(when["from"]).astimezone(settings().time_zone)
    return named == held or (bool(when["dateless"]) and named.time() == held.time())


def complete(session: Session, booking: Booking, contact_id: int) -> Booking:
    """`booking` with what follows from what is known, so that it is never asked."""
    if booking.slot and not booking.practitioner:
        booking = _from_slot(session, booking)
    if booking.specialty and booking.practitioner is None:
        doctors = directory.practitioners(session, booking.specialty)
        if len(doctors) == 1:
            booking = replace(booking, practitioner=doctors[0].identifier)
        elif booking.when:
            booking = replace(booking, practitioner=ANY)
    if booking.slot and booking.patient is None:
        booking = _from_relation(session, booking, contact_id)
    return booking


def _from_slot(session: Session, booking: Booking) -> Booking:
    return of_key(session, booking, booking.slot or "")


def of_key(session: Session, booking: Booking, key: str) -> Booking:
    """`booking` with the doctor (and, if unknown, the specialty) of a slot's key."""
    try:
        practitioner_id = FreeSlot.parse(key).practitioner_id
    except InvalidKey:
        return booking
    for person in directory.practitioners(session):
        if person.id == practitioner_id:
            return replace(booking, practitioner=person.identifier, specialty=booking.specialty or _field(person))
    return booking


def _field(person: Any) -> Optional[str]:
    return person.roles[0].specialty.code if person.roles else None


def _from_relation(session: Session, booking: Booking, contact_id: int) -> Booking:
    """A relation that names exactly one known patient picks it; nobody known yet means a new one."""
    known = patients.patients_of(session, contact_id)
    if not known:
        return new_patient(booking, known)
    return for_relation(booking, booking.relation, known) if booking.relation else booking


def for_relation(booking: Booking, relation: str, known: Sequence[Patient]) -> Booking:
    """`booking` for the contact's only patient of this relation, or for a new one.

    Unchanged where it has to be asked: several are known, or there may be another (a second daughter).
    """
    theirs = [patient for patient in known if patient.relation == relation]
    if len(theirs) == 1 and relation not in SEVERAL:
        return with_patient(booking, theirs[0])
    return booking if theirs else new_patient(replace(booking, relation=relation), known)


def new_patient(booking: Booking, known: Sequence[Patient]) -> Booking:
    """`booking` for somebody new; who else this phone has booked for says whether that is the contact."""
    return replace(booking, patient=NEW, relation=booking.relation or ("other" if known else "self"))


def with_patient(booking: Booking, patient: Patient) -> Booking:
    """`booking` for a patient who is known already."""
    return replace(
        booking,
        patient=str(patient.id),
        name=patient.name,
        birth_date=patient.birth_date.isoformat(),
        relation=patient.relation,
    )
