"""After an answer the symptom questions are offered to somebody who may be unwell, and begin with what was said then."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from actions import health, requests
from actions.base import ClinicAction
from actions.emergency import Emergency
from actions.fallback import Fallback, OutOfScope
from actions.faq import AnswerFaq
from actions.health import ReportSymptom
from actions.intake.state import Intake
from actions.social import Affirm, Deny
from clinic import clock, consent, database, encryption, handoffs
from clinic.settings import SUPPORTED_LANGUAGES, settings
from clinic.triage import intakes
from clinic.triage.engine import Verdict
from clinic.triage.intakes import Told
from tests.support.conversations import Conversation

Meet = Callable[..., Conversation]
OFFER = "utter_offer_questions"
EYE = {"eye": 0.95, "allergy": 0.03}
SAID = "my eye cream is finished and it is red again since yesterday, I am 40"
ANSWERS = {
    "faq": AnswerFaq(), "out_of_scope": OutOfScope(), "refill_prescription": requests.RefillPrescription(),
    "get_test_results": requests.GetTestResults(), "complain": requests.Complain(),
}  # fmt: skip
TAP = {"payload": '/report_symptom{"about": "before"}'}


def told(chat: Conversation, text: str = SAID, unwell: float | None = 0.4, **message: object) -> Conversation:
    """A question about the clinic, answered."""
    chat.hears(text, "faq", topic="faq/parking", unwell=unwell, **message).run(AnswerFaq())  # type: ignore[arg-type]
    return chat


def wait(chat: Conversation, turns: int) -> None:
    for _ in range(turns):
        chat.hears("thanks", "thank")


def intake(chat: Conversation) -> Intake:
    return Intake.of(chat.tracker)


def begins(chat: Conversation, action: ClinicAction) -> Conversation:
    """The action opens the intake with the message that was heard last."""
    events = chat.run(action)
    assert [event["name"] for event in events if event["event"] == "followup"] == [Intake.FORM]
    return chat.enters(Intake.FORM)


# ── when it is offered ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("intent", ANSWERS)
def test_it_stands_below_the_answer(chat: Conversation, intent: str) -> None:
    chat.hears(SAID, intent, topic="faq/parking", unwell=0.4).run(ANSWERS[intent])
    assert chat.keys[-1] == OFFER and len(chat.keys) > 1 and chat.buttons == [{"title": "Yes, ask me", **TAP}]
    assert chat.keys.count(OFFER) == 1


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_in_every_language_with_one_button(meet: Meet, language: str) -> None:
    chat = told(meet(language))
    assert chat.keys[-1] == OFFER and [button["payload"] for button in chat.buttons] == [TAP["payload"]]


@pytest.mark.parametrize(
    ("text", "unwell", "offered"),
    [
        ("where can I park", 0.2, True),
        ("where can I park", 0.19, False),
        ("where can I park, my ear hurts", 0.01, True),
        ("where can I park, my ear hurts", 0.009, False),
        ("where can I park", 0.05, False),
        ("where can I park, my ear hurts", None, False),
    ],
)
def test_to_whom(chat: Conversation, text: str, unwell: float | None, offered: bool) -> None:
    assert (OFFER in told(chat, text, unwell).keys) is offered


@pytest.mark.parametrize("level", ["certain", "likely"])
def test_not_in_an_emergency(chat: Conversation, level: str) -> None:
    assert OFFER not in told(chat, danger=["chest_pain"], level=level).keys


def test_not_soon_after_an_alarm(chat: Conversation) -> None:
    chat.hears("he is not breathing", "emergency", danger=["not_breathing"]).run(Emergency())
    assert OFFER not in told(chat).keys
    wait(chat, 5)
    assert OFFER in told(chat).keys


def test_not_for_a_tap(chat: Conversation) -> None:
    chat.hears('/faq{"topic": "parking"}', "faq", topic="faq/parking", unwell=0.9).run(AnswerFaq())
    assert chat.keys == ["utter_faq/parking"]


@pytest.mark.parametrize("intent", ANSWERS)
def test_not_inside_a_form(chat: Conversation, intent: str) -> None:
    chat.weber().hears(SAID, intent, topic="faq/parking", unwell=0.6).run(ANSWERS[intent])
    assert OFFER not in chat.keys


def test_not_where_the_clinic_takes_no_symptoms(chat: Conversation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLINIC_INTAKE", "off")
    settings.cache_clear()
    assert OFFER not in told(chat).keys


def test_not_again_within_five_turns(chat: Conversation) -> None:
    assert OFFER in told(chat).keys
    for _ in range(5):
        assert OFFER not in told(chat).keys
    assert OFFER in told(chat).keys


def test_a_new_session_begins_anew(chat: Conversation) -> None:
    told(chat)
    # What Rasa writes when a session begins: the slots of the one before.
    chat.events += [{"event": "session_started"}, {"event": "slot", "name": "offer", "value": "symptoms"}]
    assert OFFER in told(chat).keys


@pytest.mark.parametrize(("minutes", "offered"), [(59, False), (61, True)])
def test_not_within_an_hour_of_an_intake(
    agreed: Callable[..., Conversation], monkeypatch: pytest.MonkeyPatch, minutes: int, offered: bool
) -> None:
    monkeypatch.setenv("CLINIC_ENCRYPTION_KEY", encryption.new_key())
    chat = agreed()
    with database.transaction() as session:
        intakes.save(session, chat.contact_id, Told({}, Verdict("routine", "eye", (), ()), ""), None, "en")
    clock.freeze(clock.now() + dt.timedelta(minutes=minutes))
    assert (OFFER in told(chat).keys) is offered


# ── in a booking ─────────────────────────────────────────────────────────────────────────────────────

SPOTS = "black spots before my right eye since today, have you got time this week?"


def test_a_booking_of_somebody_unwell_begins_with_the_offer(chat: Conversation) -> None:
    chat.opens(SPOTS, unwell=0.9)
    assert chat.keys[0] == OFFER and len(chat.keys) == 2 and chat.asked


def test_a_booking_of_somebody_well_does_not(chat: Conversation) -> None:
    assert OFFER not in chat.opens("I'd like a check-up on Thursday", unwell=0.05).keys


def test_a_yes_to_the_consent_is_no_yes_to_the_offer(chat: Conversation) -> None:
    chat.opens(SPOTS, unwell=0.9).answers("yes", "affirm")
    assert chat.loop == "booking_form" and chat.asked != "booking_consent" and OFFER not in chat.keys


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "yes, ask me"),
        ("de", "ja bitte fragen"),
        ("pt", "sim, pode perguntar"),
        ("ru", "да, спрашивайте"),
        ("ar", "نعم، اسألني"),
    ],
)
def test_the_buttons_words_are_for_the_offer_and_not_for_the_consent(meet: Meet, language: str, text: str) -> None:
    chat = meet(language, agreed=False).opens(SPOTS, unwell=0.9, complaints={"eye": 0.95})
    chat.answers(text, "affirm")
    assert chat.rejected
    begins(chat, Affirm())
    with database.read() as session:
        assert consent.answered(session, chat.contact_id) is None


def test_the_tap_leaves_the_booking_for_the_questions(agreed: Callable[..., Conversation]) -> None:
    chat = agreed().opens(SPOTS, unwell=0.9, complaints={"eye": 0.95})
    chat.hears(TAP["payload"], "report_symptom", about="before")
    begins(chat, ReportSymptom())
    assert intake(chat).protocols == ("eye",) and intake(chat).opening == SPOTS


@pytest.mark.parametrize("intent", ["report_symptom", "ask_medical_advice"])
def test_who_tells_of_it_again_instead_of_booking_is_asked_about_it(
    agreed: Callable[..., Conversation], intent: str
) -> None:
    chat = agreed().opens(SPOTS, unwell=0.9, complaints={"eye": 0.95})
    chat.hears("but do I need a doctor at all? they flash, too", intent, unwell=0.9)
    begins(chat, health.ReportSymptom() if intent == "report_symptom" else health.MedicalAdvice())
    assert intake(chat).protocols == ("eye",) and intake(chat).opening == SPOTS


def test_a_symptom_without_the_offer_leaves_the_booking_alone(agreed: Callable[..., Conversation]) -> None:
    chat = agreed().opens("I'd like a check-up on Thursday", unwell=0.05)
    chat.hears("my knee hurts a bit", "report_symptom", unwell=0.9).run(ReportSymptom())
    assert chat.loop == "booking_form"


# ── what a yes does ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("intent", ANSWERS)
def test_the_tap_begins_with_what_was_said(agreed: Callable[..., Conversation], intent: str) -> None:
    chat = agreed()
    chat.hears(SAID, intent, topic="faq/parking", complaints=EYE, unwell=0.4).run(ANSWERS[intent])
    begins(chat.taps(chat.buttons[0]), health.ReportSymptom())
    found = intake(chat)
    assert (found.protocols, found.opening) == (("eye",), SAID)
    assert found.known["age"] == 40 and found.known["days"] == 1
    assert chat.asked == "intake_answer" and found.question and found.question.names not in (("age",), ("days",))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "do you test blood? I have a headache"), ("de", "Kann man bei Ihnen parken? Ich habe Kopfschmerzen"),
        ("pt", "tem estacionamento? estou com dor de cabeça"), ("ru", "есть ли парковка? у меня болит голова"),
        ("ar", "هل يوجد موقف سيارات؟ عندي صداع"),
    ],
)  # fmt: skip
def test_words_alone_begin_it_too(agreed: Callable[..., Conversation], language: str, text: str) -> None:
    chat = told(agreed(language), text, 0.1)
    begins(chat.taps(chat.buttons[0]), health.ReportSymptom())
    assert intake(chat).protocols == ("headache",) and intake(chat).opening == text


def test_without_consent_it_is_asked_for_first_and_nothing_is_lost(chat: Conversation) -> None:
    told(chat, complaints=EYE)
    begins(chat.taps(chat.buttons[0]), health.ReportSymptom())
    assert chat.asked == "intake_consent" and chat.keys[-1] == "utter_ask_health_consent"
    chat.chooses(chat.buttons[0])
    assert chat.asked == "intake_answer" and intake(chat).opening == SAID


def test_the_message_is_the_one_that_was_answered(agreed: Callable[..., Conversation]) -> None:
    chat = told(agreed(), complaints=EYE)
    chat.hears("thank you so much", "thank")
    begins(chat.taps(TAP), health.ReportSymptom())
    assert intake(chat).opening == SAID and intake(chat).protocols == ("eye",)


def test_a_session_later_it_is_asked_what_the_matter_is(agreed: Callable[..., Conversation]) -> None:
    chat = told(agreed(), complaints=EYE)
    chat.events += [{"event": "session_started"}, {"event": "slot", "name": "offer", "value": "symptoms"}]
    begins(chat.taps(TAP), health.ReportSymptom())
    assert chat.asked == "intake_complaint" and intake(chat).opening == "" and not intake(chat).protocols
    assert chat.keys[-1] == "utter_ask_complaint"


def test_a_typed_yes_is_as_good_as_the_tap(agreed: Callable[..., Conversation]) -> None:
    chat = told(agreed(), complaints=EYE)
    begins(chat.hears("yes please", "affirm"), Affirm())
    assert intake(chat).opening == SAID and intake(chat).protocols == ("eye",)


def test_a_typed_no_is_a_no(chat: Conversation) -> None:
    assert told(chat).hears("no", "deny").run(Deny()) == [] and chat.keys == ["utter_all_right"]


def test_a_yes_gets_the_person_where_one_was_offered(agreed: Callable[..., Conversation]) -> None:
    chat = agreed()
    chat.hears(SAID, "faq", topic="faq/horoscope", complaints=EYE, unwell=0.4).run(AnswerFaq())
    assert chat.keys == ["utter_faq_no_answer", OFFER]
    tapped = list(chat.buttons)
    chat.hears("yes", "affirm").run(Affirm())
    with database.read() as session:
        assert handoffs.current(session, chat.contact_id) is not None
    begins(chat.taps(tapped[0]), health.ReportSymptom())
    assert intake(chat).protocols == ("eye",)


# ── words still count where the model has its say ────────────────────────────────────────────────────

UNSURE = {"ear": 0.6, "cold": 0.2}


@pytest.mark.parametrize(("text", "starts"), [("my ear hurts", True), ("what about that", False)])
def test_a_named_complaint_that_was_not_understood_begins_the_intake(
    agreed: Callable[..., Conversation], text: str, starts: bool
) -> None:
    chat = agreed()
    chat.hears(text, "nlu_fallback", complaints=UNSURE, unwell=0.4)
    assert any(event["event"] == "followup" for event in chat.run(Fallback())) is starts


@pytest.mark.parametrize(("text", "starts"), [("my ear hurts, where do you park", True), ("where do you park", False)])
def test_a_named_complaint_before_a_denied_danger_is_not_lost(
    agreed: Callable[..., Conversation], text: str, starts: bool
) -> None:
    chat = agreed()
    chat.hears(text, "faq", danger=["chest_pain"], level="likely", complaints=UNSURE, unwell=0.4).run(Emergency())
    events = chat.taps(chat.buttons[1]).run(Emergency())
    then = [event["name"] for event in events if event["event"] == "followup"]
    assert then == ["intake_form" if starts else "action_listen"]
