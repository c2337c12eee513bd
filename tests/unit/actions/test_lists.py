"""Every list and every button that the actions build, in every language, against WhatsApp's limits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from actions import emergency, health, requests
from actions.appointments import ListAppointments
from actions.booking.ask import Ask
from actions.cancelling import CancelAppointment
from actions.doctors import FindDoctor
from actions.fallback import Fallback, OutOfScope
from actions.faq import ANSWERS, AnswerFaq
from actions.languages import ChangeLanguage
from actions.messages import OptIn, OptOut
from actions.moving import RescheduleAppointment
from actions.people import NeverMind, OpenHandoff
from actions.social import Affirm, BotChallenge, Deny, Greet, Help
from clinic import database, directory, patients
from clinic.models import Practitioner
from clinic.settings import SUPPORTED_LANGUAGES
from tests.support.appointments import booked
from tests.support.conversations import Conversation, Said, time

Meet = Callable[..., Conversation]
BODY, BODY_WITH_CHOICES, BUTTONS, BUTTON, ROWS, ROW, HINT, LABEL, PAYLOAD = 4096, 1024, 3, 20, 10, 24, 72, 20, 200
WISHES = (
    "yesterday",
    "24 December",
    "29 November",
    "1 June 2027",
    "on Friday",
    "on Tuesday",
    "next week",
    "in the evening",
)
OTHERS = (
    Fallback(),
    OutOfScope(),
    OpenHandoff(),
    NeverMind(),
    Affirm(),
    Deny(),
    BotChallenge(),
    Greet(),
    Help(),
    ListAppointments(),
    CancelAppointment(),
    RescheduleAppointment(),
    FindDoctor(),
    OptOut(),
    OptIn(),
    *(
        health.ReportSymptom(),
        health.MedicalAdvice(),
        emergency.Emergency(),
        health.LogVital(),
        health.MedicationReminder(),
    ),
    *(requests.RefillPrescription(), requests.GetTestResults(), requests.DeleteData(), requests.ExportData()),
    *(requests.Complain(), requests.GiveFeedback()),
)
LONG_NAME = "Maria Aparecida Fernandes Cavalcanti de Albuquerque e Souza Guimarães Vasconcelos"[:80]


def check(said: Said) -> None:
    """One message as WhatsApp takes it, with nothing shortened on the way."""
    if said.location:
        return
    assert 0 < len(said.text) <= (BODY_WITH_CHOICES if said.buttons else BODY), said
    as_list = len(said.buttons) > BUTTONS or any(button.get("description") for button in said.buttons)
    assert len(said.buttons) <= ROWS, said
    for button in said.buttons:
        assert 0 < len(button["title"]) <= (ROW if as_list else BUTTON), button
        assert len(button.get("description", "")) <= HINT, button
        assert len(button["payload"]) <= PAYLOAD and "{" not in button["title"], button
    # rows that are not slots differ in their titles: what is tapped is what the patient sees quoted
    assert len({(button["title"], button.get("description")) for button in said.buttons}) == len(said.buttons), said
    assert len({button["payload"] for button in said.buttons}) == len(said.buttons), said
    if as_list:
        assert said.list_button and len(said.list_button) <= LABEL, f"{said.key} wants metadata: list_button"


def checked(chat: Conversation) -> Conversation:
    assert chat.said
    for said in chat.said:
        check(said)
    return chat


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
class TestLists:
    def test_specialties(self, meet: Meet, language: str) -> None:
        checked(meet(language).opens())

    def test_doctors_of_every_specialty(self, meet: Meet, language: str) -> None:
        with database.read() as session:
            codes = [entry.code for entry in directory.specialties(session)]
        for code in codes:
            checked(meet(language).opens(specialty=code))

    def test_slots_of_every_doctor_and_their_pages(self, meet: Meet, language: str) -> None:
        with database.read() as session:
            people = [person.identifier for person in directory.practitioners(session)]
        for person in people:
            checked(meet(language).opens(practitioner=person))
        chat = meet(language).opens(specialty="dermatology", practitioner="any")
        assert len(checked(chat).buttons) == ROWS
        checked(chat.answers("/inform", page="next"))

    def test_slots_with_a_reason(self, meet: Meet, language: str) -> None:
        for wish in WISHES:
            checked(meet(language).opens(practitioner="anna-weber", entities=time(wish)))

    def test_patients_with_long_and_with_the_same_names(self, meet: Meet, language: str) -> None:
        chat = meet(language)
        for number in range(12):
            patients.find_or_create(chat.contact_id, LONG_NAME, date(1985, 3, 1 + number), "child")
        patients.find_or_create(chat.contact_id, "Maria Schmidt", date(1985, 3, 1), "self")
        patients.find_or_create(chat.contact_id, "Maria Schmidt", date(2015, 3, 1), "daughter")
        chat.weber()
        checked(chat.chooses(chat.buttons[0]))
        assert chat.asked == "booking_patient"

    def test_languages(self, meet: Meet, language: str) -> None:
        chat = meet(language)
        chat.hears("?", "change_language").run(ChangeLanguage())
        checked(chat)

    def test_a_doctor_with_a_long_name_and_many_languages(self, meet: Meet, language: str) -> None:
        with database.transaction() as session:
            weber = session.query(Practitioner).filter_by(identifier="anna-weber").one()
            weber.name, weber.names = f"Prof. Dr. med. {LONG_NAME}", {}
            weber.languages = ["de", "en", "ar", "pt", "ru", "uk", "fr", "es", "it", "tr", "hi"]
        chat = checked(meet(language).opens(specialty="dermatology"))
        checked(chat.chooses(chat.buttons[1]))

    def test_all_that_a_booking_says_with_the_longest_name(self, meet: Meet, language: str) -> None:
        chat = meet(language, agreed=False)
        checked(chat.opens())
        checked(chat.chooses(chat.buttons[0]))
        checked(chat.chooses(chat.buttons[2]))
        checked(chat.chooses(chat.buttons[1]))
        for answer in ("12345",):
            checked(chat.answers(answer))
        if chat.asked == "booking_slot":
            checked(chat.chooses(chat.buttons[0]))
        checked(chat.answers("Maximiliana Konstantinopolitanska Wolfeschlegelsteinhausenbergerdorff Ümit"))
        checked(chat.answers("31.02.1985"))
        checked(chat.answers("24.05.1885"))
        checked(chat.answers("24.09.1985"))
        assert chat.asked == "booking_confirmed"
        checked(chat.answers("no", "deny"))
        checked(chat.answers("yes", "affirm"))
        assert chat.statuses == ["booked"]
        chat.hears("?").run(ListAppointments())
        checked(chat)

    def test_the_other_actions(self, meet: Meet, language: str) -> None:
        for action in OTHERS:
            chat = meet(language, agreed=False)
            events = chat.hears("a").run(action)
            if any(event["event"] == "followup" for event in events):  # the intake asks for consent
                chat.enters("intake_form")
            checked(chat)
            chat.hears("b").run(action)
            assert all(check(said) is None for said in chat.said)

    def test_all_that_is_said_of_several_appointments(self, meet: Meet, language: str) -> None:
        chat = meet(language)
        for wish in ("Tuesday at 3pm", "on Thursday at 2pm"):
            booked(chat, wish, "Maximiliana Konstantinopolitanska Wolfeschlegelsteinhausenbergerdorff Ümit")
        for action in (CancelAppointment(), RescheduleAppointment()):
            chat.hears("x").run(action)
            checked(chat).taps(chat.buttons[0]).run(action)
            checked(chat)
            if isinstance(action, CancelAppointment):
                chat.taps(chat.buttons[2]).run(Deny())
                checked(chat)
        checked(chat.enters())
        checked(chat.chooses(chat.buttons[0]))
        checked(chat.answers("yes", "affirm"))
        chat.hears("x").run(CancelAppointment())
        chat.taps(chat.buttons[0]).run(CancelAppointment())
        chat.taps(chat.buttons[0]).run(Affirm())
        checked(chat)
        assert sorted(chat.statuses) == ["booked", "cancelled", "cancelled"]

    def test_faq(self, meet: Meet, language: str) -> None:
        for topic in (*ANSWERS, "faq/none"):
            chat = meet(language)
            chat.hears("?", "faq", topic=topic).run(AnswerFaq())
            checked(chat)


def test_every_question_was_tried() -> None:
    assert {kind.slot for kind in Ask.__subclasses__()} == {
        "booking_consent", "booking_specialty", "booking_practitioner", "booking_slot",
        "booking_patient", "booking_name", "booking_birth_date", "booking_confirmed",
    }  # fmt: skip
