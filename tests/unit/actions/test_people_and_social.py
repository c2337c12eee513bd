"""A person, stop, hello, yes and no, what was not understood, my appointments."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.appointments import ListAppointments
from actions.base import ClinicAction, Speaker
from actions.emergency import Emergency
from actions.fallback import Fallback, OutOfScope
from actions.intake.state import Intake
from actions.people import NeverMind, OpenHandoff
from actions.social import Affirm, BotChallenge, Deny, Greet, Help
from actions.turn import Turn
from clinic import clock, consent, database, handoffs, messaging, texts
from clinic.directory import NotSeeded
from clinic.models import Handoff
from tests.support import databases
from tests.support.conversations import Conversation, time

Meet = Callable[..., Conversation]
OPEN = "2026-11-24T10:00:00+01:00"


def current(chat: Conversation) -> Handoff | None:
    with database.read() as session:
        return handoffs.current(session, chat.contact_id)


def agreed(chat: Conversation) -> bool | None:
    with database.read() as session:
        return consent.answered(session, chat.contact_id)


# ── a person ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_handoff_while_the_clinic_is_closed_says_when_it_opens(chat: Conversation) -> None:
    chat.hears("a human please", "human_handoff").run(OpenHandoff())
    found = current(chat)
    assert found and (found.reason, found.language, found.status) == ("asked", "en", "open")
    assert found.summary == "“a human please”"
    assert "Monday, 23 November, 8:00 AM" in chat.text and "112" in chat.text


def test_a_handoff_in_opening_hours_does_not(chat: Conversation) -> None:
    clock.freeze(clock.parse_instant(OPEN))
    chat.hears("a human please", "human_handoff").run(OpenHandoff())
    assert "open again" not in chat.text and current(chat)


def test_a_handoff_on_a_holiday_waits_for_the_next_day_that_is_open(chat: Conversation) -> None:
    clock.freeze(clock.parse_instant("2026-12-24T10:00:00+01:00"))
    chat.hears("a human please", "human_handoff").run(OpenHandoff())
    assert "Monday, 28 December, 8:00 AM" in chat.text, "Christmas, the second day, then a Sunday"


def test_the_staff_see_where_the_booking_stood_and_the_form_ends(chat: Conversation) -> None:
    chat.weber("on Thursday")
    chat.answers("just give me a human", "human_handoff")
    assert chat.rejected
    chat.run(OpenHandoff())
    found = current(chat)
    assert found and "just give me a human" in found.summary
    assert "dermatology, anna-weber, on Thursday" in found.summary
    assert chat.loop is None and chat.asked is None and chat.slot("specialty") is None


def test_the_hold_stays_for_the_staff_to_confirm(chat: Conversation) -> None:
    chat.until_confirm().hears("/human_handoff", "human_handoff").run(OpenHandoff())
    found = current(chat)
    assert chat.statuses == ["held"]
    assert found and "/human_handoff" not in found.summary and "8:00" in found.summary


def test_a_long_message_is_quoted_in_part(chat: Conversation) -> None:
    chat.hears("x" * 5000, "human_handoff").run(OpenHandoff())
    found = current(chat)
    assert found and len(found.summary) < 400


def test_asking_twice_is_one_handoff(chat: Conversation) -> None:
    chat.hears("a human", "human_handoff").run(OpenHandoff())
    chat.hears("HUMAN", "human_handoff").run(OpenHandoff())
    with database.read() as session:
        assert len(handoffs.waiting(session)) == 1


def test_stop_takes_the_wish_back(chat: Conversation) -> None:
    chat.hears("a human", "human_handoff").run(OpenHandoff())
    chat.hears("never mind", "nevermind").run(NeverMind())
    assert (current(chat), chat.keys) == (None, ["utter_handoff_withdrawn"])


def test_whoever_takes_the_chat_back_after_an_alarm_goes_on_with_what_was_told(chat: Conversation) -> None:
    chat.hears("my leg is swollen and I am 58", "report_symptom", danger=["leg_clot"]).run(Emergency())
    chat.hears("never mind", "nevermind")
    events = chat.run(NeverMind())
    assert chat.text == texts.text("utter_handoff_back", "en") and current(chat) is None
    assert [event["name"] for event in events if event["event"] == "followup"] == ["intake_form"]
    assert Intake.of(chat.tracker).known["age"] == 58.0


def test_what_was_written_behind_the_alarm_counts(chat: Conversation) -> None:
    chat.hears("I vomit, something brown, I am 22", "report_symptom", danger=["bleeding"]).run(Emergency())
    later = clock.now() + dt.timedelta(seconds=30)
    with database.transaction() as session:
        messaging.receive(
            session, wamid="wamid.1", contact_id=chat.contact_id, kind="text", payload={}, sent_at=later,
            text="no blood, but I have Addison and diabetes",
        )  # fmt: skip
    chat.hears("never mind", "nevermind").run(NeverMind())
    now = Intake.of(chat.tracker)
    assert now.known["diabetes"] is True and "Addison" in now.opening
    assert now.question is not None and now.question.names == ("needs_cortisone",)


def test_stop_does_not_take_a_chat_from_a_person(chat: Conversation) -> None:
    chat.hears("a human", "human_handoff").run(OpenHandoff())
    waiting = current(chat)
    assert waiting
    handoffs.claim(waiting.id, "Nurse")
    assert chat.hears("stop", "nevermind").run(NeverMind()) == []
    assert chat.said == [] and current(chat)


def test_stop_releases_the_hold_and_ends_the_form(chat: Conversation) -> None:
    chat.until_confirm().answers("stop", "nevermind")
    assert chat.rejected
    chat.run(NeverMind())
    assert (chat.statuses, chat.keys, chat.loop, chat.slot("name")) == ([], ["utter_nevermind"], None, None)


def test_stop_with_nothing_going_on(chat: Conversation) -> None:
    chat.hears("stop", "nevermind").run(NeverMind())
    assert chat.keys == ["utter_nothing_to_stop"]


def test_an_old_summarys_button_stops_nothing(chat: Conversation) -> None:
    old = chat.until_confirm().buttons[2]
    chat.chooses(next(b for b in chat.buttons if b["title"] == "Another time"))
    chat.chooses(chat.buttons[3]).taps(old).run(NeverMind())
    assert chat.statuses == ["held"] and chat.loop == "booking_form"
    assert "no longer open" in chat.text


# ── hello, yes, no ───────────────────────────────────────────────────────────────────────────────────


def test_hello_asks_for_consent_until_it_was_answered(meet: Meet) -> None:
    chat = meet(agreed=False)
    chat.hears("hi", "greet").run(Greet())
    assert (chat.keys, chat.slots["offer"]) == (["utter_ask_consent"], "consent")
    chat.hears("yes", "affirm").run(Affirm())
    assert (agreed(chat), chat.keys) == (True, ["utter_consent_thanks"])
    chat.hears("hi", "greet").run(Greet())
    assert chat.keys == ["utter_greet_again"]


def test_no_to_the_consent_may_still_become_a_yes(meet: Meet) -> None:
    chat = meet(agreed=False)
    chat.hears("hi", "greet").run(Greet())
    chat.hears("no", "deny").run(Deny())
    assert (agreed(chat), chat.keys) == (False, ["utter_consent_refused"])
    chat.taps(chat.buttons[1]).run(Affirm())
    assert agreed(chat) is True


def test_a_doubtful_yes_is_asked_again(meet: Meet) -> None:
    chat = meet(agreed=False)
    chat.hears("hi", "greet").run(Greet())
    chat.hears("yes but what do you store?", "affirm").run(Affirm())
    assert (agreed(chat), chat.keys, chat.slots["offer"]) == (None, ["utter_ask_consent_again"], "consent")


def test_an_old_yes_button_grants_nothing_else(chat: Conversation) -> None:
    chat.hears("?").run(BotChallenge())
    chat.hears('/affirm{"about": "hold-7"}', "affirm", about="hold-7").run(Affirm())
    assert "no longer open" in chat.text and current(chat) is None


def test_yes_to_a_person(chat: Conversation) -> None:
    chat.hears("are you a robot?", "bot_challenge").run(BotChallenge())
    assert chat.slots["offer"] == "person"
    chat.hears("yes", "affirm").run(Affirm())
    found = current(chat)
    assert found and found.reason == "offered"


@pytest.mark.parametrize(("action", "intent"), [(Affirm(), "affirm"), (Deny(), "deny")])
def test_yes_and_no_to_nothing(chat: Conversation, action: ClinicAction, intent: str) -> None:
    chat.hears("x", intent).run(action)
    assert chat.keys == ["utter_all_right"] and current(chat) is None and agreed(chat) is True
    chat.weber()
    chat.hears("x", intent).run(action)
    assert chat.keys == []


@pytest.mark.parametrize("action", [Greet(), Help(), BotChallenge(), Fallback(), OutOfScope(), ListAppointments()])
def test_inside_a_form_no_second_set_of_buttons(chat: Conversation, action: ClinicAction) -> None:
    chat.weber()
    chat.hears("x").run(action)
    assert all(not said.buttons for said in chat.said)


def test_a_greeting_with_a_request_is_a_request(chat: Conversation) -> None:
    events = chat.hears("hi, dentist please", "greet", specialty="dentistry").run(Greet())
    assert [(e["event"], e["name"]) for e in events] == [("followup", "booking_form")] and chat.said == []


# ── not understood ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("action", "key"), [(Fallback(), "utter_not_understood"), (OutOfScope(), "utter_out_of_scope")])
def test_the_second_failure_in_a_row_offers_a_person(chat: Conversation, action: ClinicAction, key: str) -> None:
    chat.hears("qwe", "nlu_fallback").run(action)
    assert (chat.keys, chat.slots.get("offer"), chat.slots["misunderstood"]) == ([key], None, True)
    chat.hears("asd", "nlu_fallback").run(action)
    assert (chat.keys, chat.slots["offer"]) == (["utter_offer_person"], "person")


def test_something_understood_in_between_starts_anew(chat: Conversation) -> None:
    chat.hears("qwe").run(Fallback())
    chat.hears("help", "help").run(Help())
    chat.hears("asd").run(Fallback())
    assert chat.keys == ["utter_not_understood"]


# ── my appointments, and errors ──────────────────────────────────────────────────────────────────────


def test_my_appointments(meet: Meet) -> None:
    chat, other = meet(), meet()
    other.until_confirm().answers("yes", "affirm")
    chat.hears("my appointments", "list_appointments").run(ListAppointments())
    assert chat.keys == ["utter_no_appointments"]
    chat.weber("Tuesday at 3pm")
    chat.chooses(chat.buttons[0]).answers("Ali Khan").answers("24.05.1985").answers("yes", "affirm")
    chat.hears("my appointments", "list_appointments").run(ListAppointments())
    assert chat.keys == ["utter_appointments"]
    assert "Tuesday, 24 November, 3:00 PM: Dr. Anna Weber" in chat.text and "Ali Khan" in chat.text
    assert "Maria" not in chat.text, "somebody else's"
    clock.freeze(clock.parse_instant("2026-11-25T10:00:00+01:00"))
    chat.hears("my appointments", "list_appointments").run(ListAppointments())
    assert chat.keys == ["utter_no_appointments"]


class Broken(ClinicAction):
    action_name = "action_broken"

    def answer(self, turn: Turn, speak: Speaker) -> list[dict[str, object]]:
        raise RuntimeError("about Maria Schmidt, +49 151")


@pytest.mark.usefixtures("clinic")
def test_an_error_is_raised_and_logged_without_the_conversation(
    chat: Conversation, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(RuntimeError):
        chat.hears("secret words").run(Broken())
    assert "action_broken failed: RuntimeError" in caplog.text
    assert "Maria" not in caplog.messages[0] and "secret" not in caplog.messages[0]


def test_an_empty_database_says_what_to_do(tmp_path: object, caplog: pytest.LogCaptureFixture) -> None:
    with databases.fresh("sqlite", tmp_path), pytest.raises(NotSeeded):  # type: ignore[arg-type]
        chat = Conversation(1)
        Help().answer(Turn(chat.hears("help").tracker), Speaker(CollectingDispatcher(), Turn(chat.tracker)))
    assert isinstance(chat.tracker, Tracker) and time("tomorrow")
