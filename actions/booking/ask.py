"""The questions of the booking form. Each shows its choices; typing the answer works as well."""

from __future__ import annotations

import json
from abc import abstractmethod
from datetime import datetime, time, timedelta
from typing import List, Optional

from rasa_sdk.events import SlotSet
from sqlalchemy.orm import Session

from actions.base import Choice, ClinicAction, Events, Speaker
from actions.booking import summary, understand
from actions.booking.state import ANY, NEW, Booking
from actions.turn import Turn
from clinic import database, directory, formats, patients
from clinic.models import Patient
from clinic.scheduling.booking import NotBookable
from clinic.scheduling.proposals import EXACT, Proposal, Wish, propose
from clinic.scheduling.slots import FreeSlot

ROW, HINT = 24, 72
REASONS = {
    "past": "utter_time_in_past",
    "too_far": "utter_time_too_far",
    "closed_day": "utter_closed_day",
    "holiday": "utter_closed_holiday",
}


def payload(**entities: str) -> str:
    """What a tap sends back: the intent `inform` with entities."""
    return "/inform" + json.dumps(entities, ensure_ascii=False)


class Ask(ClinicAction):
    """A question of the form; silent when this turn has already offered something else (a person)."""

    slot = ""

    def name(self) -> str:
        """action_ask_<form>_<slot>, where Rasa looks for it."""
        return f"action_ask_booking_form_{self.slot}"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """Ask, unless the person offered in this very turn is the question."""
        if turn.offers_now:
            return []
        booking = Booking.of(turn.tracker)
        try:
            return self.ask(turn, speak, booking)
        except NotBookable:
            # The hold ran out and somebody else has the slot: back to the free ones.
            speak.say_text("utter_slot_just_taken")
            fresh = booking.without_slot()
            return [*fresh.changes(booking), *AskSlot().ask(turn, speak, fresh), SlotSet("requested_slot", "booking_slot")]

    @abstractmethod
    def ask(self, turn: Turn, speak: Speaker, booking: Booking) -> Events:
        """Say the question."""


class AskConsent(Ask):
    """Before anything personal is stored."""

    slot = "booking_consent"

    def ask(self, turn: Turn, speak: Speaker, booking: Booking) -> Events:
        """The same question as at the first greeting."""
        speak.say("utter_ask_consent")
        return []


class AskSpecialty(Ask):
    """Which kind of doctor."""

    slot = "booking_specialty"

    def ask(self, turn: Turn, speak: Speaker, booking: Booking) -> Events:
        """All specialties of the clinic (at most ten fit a list; the seed file is checked for that)."""
        with database.read() as session:
            rows = [
                {"title": directory.specialty_name(entry, turn.language), "payload": payload(specialty=entry.code)}
                for entry in directory.specialties(session)
            ]
        speak.say("utter_ask_specialty", rows)
        return []


class AskPractitioner(Ask):
    """Which doctor, or any."""

    slot = "booking_practitioner"

    def ask(self, turn: Turn, speak: Speaker, booking: Booking) -> Events:
        """ "Any" first: it is the quickest way to an appointment."""
        rows: List[Choice] = [
            {
                "title": speak.text("utter_any_practitioner"),
                "description": speak.text("utter_any_practitioner_hint"),
                "payload": payload(practitioner=ANY),
            }
        ]
        with database.read() as session:
            for person in directory.practitioners(session, booking.specialty)[:9]:
                languages = ", ".join(formats.language_name(code, turn.language) for code in person.languages)
                rows.append(
                    {
                        **_title(directory.practitioner_name(person, turn.language)),
                        "description": shortened(speak.text("utter_practitioner_speaks", languages=languages), HINT),
                        "payload": payload(practitioner=person.identifier),
                    }
                )
            field = directory.specialty(session, booking.specialty or "")
            name = directory.specialty_name(field, turn.language) if field else ""
        speak.say("utter_ask_practitioner", rows, specialty=name)
        return []


class AskSlot(Ask):
    """Which of the free slots."""

    slot = "booking_slot"

    def ask(self, turn: Turn, speak: Speaker, booking: Booking) -> Events:
        """The slots of the time that was asked for, or the nearest ones with the reason."""
        wish = understand.wish_of(booking)
        after = booking.offered.get("after")
        with database.read() as session:
            proposal = propose(
                session,
                specialty=booking.specialty,
                practitioner=booking.practitioner if booking.practitioner != ANY else None,
                wish=wish,
                holder=turn.contact_id,
                after=datetime.fromisoformat(after) if after else None,
            )
            rows = _rows(session, proposal.slots, turn.language)
        if not rows:
            speak.say("utter_no_slot_at_all")
            return [SlotSet("booking_offered", None), SlotSet("offer", "person")]
        if proposal.more:
            rows.append(_more_row(speak))
        self._say(turn, speak, booking, wish, proposal, rows)
        return _shown(proposal, after)

    @staticmethod
    def _say(
        turn: Turn, speak: Speaker, booking: Booking, wish: Optional[Wish], proposal: Proposal, rows: List[Choice]
    ) -> None:
        when = _in_words(wish, turn.language) if wish else ""
        if proposal.reason in REASONS:
            day = formats.day(wish.starts, turn.language) if wish and wish.starts else ""
            holiday = directory.in_language(proposal.holiday.names, turn.language) if proposal.holiday else ""
            speak.say_text(REASONS[proposal.reason], when=when, day=day, holiday=holiday)
            speak.say("utter_ask_slot", rows)
        elif proposal.reason == "nothing_then":
            speak.say("utter_no_slot_then", rows, when=when)
        elif proposal.reason == "no_more":
            speak.say("utter_no_more_times", rows)
        elif wish and wish.one_day:
            speak.say("utter_ask_slot_in_window", rows, when=when)
        else:
            speak.say("utter_ask_slot", rows)


class AskPatient(Ask):
    """For whom, when this phone has booked for somebody before."""

    slot = "booking_patient"

    def ask(self, turn: Turn, speak: Speaker, booking: Booking) -> Events:
        """The known patients (the ten newest fit), and somebody else."""
        with database.read() as session:
            known: List[Patient] = patients.patients_of(session, turn.contact_id)[-9:]
        rows = [_patient_row(person, known, turn.language) for person in known]
        rows.append({"title": speak.text("utter_someone_else"), "payload": payload(patient_id=NEW)})
        speak.say("utter_ask_patient", rows)
        return []


class AskName(Ask):
    """The new patient's name; says what is being held meanwhile."""

    slot = "booking_name"

    def ask(self, turn: Turn, speak: Speaker, booking: Booking) -> Events:
        """Free text."""
        values = summary.of_hold(booking, turn)
        speak.say("utter_ask_patient_name", slot=values["slot"], practitioner=values["practitioner"])
        return []


class AskBirthDate(Ask):
    """The new patient's date of birth."""

    slot = "booking_birth_date"

    def ask(self, turn: Turn, speak: Speaker, booking: Booking) -> Events:
        """Free text, in any usual way of writing a date."""
        speak.say("utter_ask_birth_date", name=formats.isolate(booking.name or "", turn.language))
        return []


class AskConfirmed(Ask):
    """Everything once more, then yes or no."""

    slot = "booking_confirmed"

    def ask(self, turn: Turn, speak: Speaker, booking: Booking) -> Events:
        """The summary with buttons."""
        question = "utter_ask_move" if booking.moves else "utter_ask_confirm"
        speak.say(question, summary=summary.text_of(booking, turn, speak), about=booking.about)
        return []


def _shown(proposal: Proposal, after: Optional[str]) -> Events:
    """Remembers the list on the screen, so that a question in between shows the same one again.

    A wish that could not be met has been explained; from now on the list stands for itself.
    """
    first, last = proposal.slots[0].starts_at, proposal.slots[-1].starts_at
    if proposal.reason:
        after = (first - timedelta(minutes=1)).isoformat()
    offered = {"keys": [slot.key for slot in proposal.slots], "after": after, "next": last.isoformat()}
    forgotten = [SlotSet("booking_when", None)] if proposal.reason else []
    return [SlotSet("booking_offered", offered), *forgotten]


def _title(text: str) -> Choice:
    """A row's title; a name too long for it stands whole in the description."""
    return {"title": text} if len(text) <= ROW else {"title": shortened(text, ROW), "description": text[:HINT]}


def _patient_row(person: Patient, known: List[Patient], language: str) -> Choice:
    """Name and date of birth; the year joins the title where two have the same name."""
    same = sum(other.name.casefold() == person.name.casefold() for other in known) > 1
    born = f" ({person.birth_date.year})" if same else ""
    date = formats.comma(language) + formats.date(person.birth_date, language)
    return {
        "title": shortened(person.name, ROW - len(born)) + born,
        "description": shortened(person.name, HINT - len(date)) + date,
        "payload": payload(patient_id=str(person.id)),
    }


def shortened(text: str, limit: int) -> str:
    """`text` with an ellipsis where it is too long."""
    return text if len(text) <= limit else text[: limit - 1].rstrip(" ,") + "…"


def _in_words(wish: Wish, language: str) -> str:
    if wish.part:
        ends = [formats.wall_time(bound, language) for bound in wish.part if bound not in (time.min, time.max)]
        return " – ".join(ends[:1] if wish.exact or wish.grain in EXACT else ends)
    if wish.starts is None:
        return ""
    if wish.exact:
        return formats.day_time(wish.starts, language)
    if wish.one_day:
        return formats.day(wish.starts, language)
    last = formats.day(wish.ends, language) if wish.ends else "…"
    return f"{formats.day(wish.starts, language)} – {last}"


def _rows(session: Session, slots: List[FreeSlot], language: str) -> List[Choice]:
    doctors = {person.id: person for person in directory.practitioners(session)}
    places = {place.id: directory.location_name(place, language) for place in directory.locations(session)}
    return [
        {
            "title": formats.slot_title(slot.starts_at, language),
            "description": shortened(
                f"{directory.practitioner_name(doctors[slot.practitioner_id], language)} · {places[slot.location_id]}",
                HINT,
            ),
            "payload": payload(slot_key=slot.key),
        }
        for slot in slots
    ]


def _more_row(speak: Speaker) -> Choice:
    return {
        "title": speak.text("utter_more_times"),
        "description": speak.text("utter_more_times_hint"),
        "payload": payload(page="next"),
    }
