"""Emergencies, symptoms and advice, what only the staff can do, and messages of the clinic's own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions import emergency, health, requests
from actions.base import ClinicAction
from actions.messages import OptIn, OptOut
from actions.people import OpenHandoff
from actions.social import Affirm
from clinic import consent, database, handoffs, texts
from clinic.models import Handoff
from clinic.settings import SUPPORTED_LANGUAGES, settings
from clinic.triage import alarms
from tests.support.conversations import Conversation

Meet = Callable[..., Conversation]
SAID = "my own words"
HANDED_OVER = {
    "refill": requests.RefillPrescription(),
    "results": requests.GetTestResults(),
    "delete": requests.DeleteData(),
    "export": requests.ExportData(),
    "complaint": requests.Complain(),
}
TOLD = (
    health.ReportSymptom(), health.MedicalAdvice(), health.LogVital(), health.MedicationReminder(),
    requests.GiveFeedback(), OptOut(), OptIn(),
)  # fmt: skip


def current(chat: Conversation) -> Handoff | None:
    with database.read() as session:
        return handoffs.current(session, chat.contact_id)


def opted_out(chat: Conversation) -> bool:
    with database.read() as session:
        return consent.opted_out(session, chat.contact_id)


# ── emergency ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_an_emergency_begins_with_the_number_and_tells_the_team(meet: Meet, language: str) -> None:
    chat = meet(language)
    chat.hears(SAID, "emergency", danger=["stroke"]).run(emergency.Emergency())
    assert len(chat.said) == 2 and "112" in chat.text.splitlines()[0] and not chat.buttons
    found = current(chat)
    assert found and (found.reason, found.priority, found.language) == ("emergency", "urgent", language)
    assert SAID in found.summary


def test_an_emergency_makes_a_handoff_that_waits_urgent(chat: Conversation) -> None:
    chat.hears("a person", "human_handoff").run(OpenHandoff())
    chat.hears("he is not breathing", "emergency", danger=["not_breathing"]).run(emergency.Emergency())
    found = current(chat)
    assert found and (found.reason, found.priority) == ("asked", "urgent")
    assert "[emergency] not_breathing · “he is not breathing”" in found.summary


def test_a_form_waits_while_there_is_an_emergency(chat: Conversation) -> None:
    chat.until_confirm()
    chat.hears("my father collapsed", "emergency", danger=["unresponsive"]).run(emergency.Emergency())
    assert chat.loop == "booking_form" and chat.slot("name") and chat.statuses == ["held"]
    assert chat.slots["emergency"] == "acted"


def test_behind_an_alarm_nothing_takes_it_back(chat: Conversation) -> None:
    chat.hears("he is hard to wake", "emergency", danger=["unresponsive"]).run(emergency.Emergency())
    more = "Will I ring them so? He is on a blood thinner and breathing fine"
    chat.hears(more, "report_symptom", danger=["breathing"], level="likely").run(emergency.Emergency())
    assert chat.keys == ["utter_handoff_waiting_emergency"] and "Please call 112 now" in chat.text
    assert chat.slots["emergency"] == "acted"
    found = current(chat)
    assert found and "breathing" in found.summary and "blood thinner" in found.summary


def test_what_may_be_one_is_asked_first_and_a_no_lets_the_form_go_on(chat: Conversation) -> None:
    chat.weber()
    chat.hears("my chest hurts", "report_symptom", danger=["chest_pain"], level="likely").run(emergency.Emergency())
    assert chat.keys == ["utter_ask_emergency_sign"] and "112" in chat.text and current(chat) is None
    assert "pressure or pain in the chest" in chat.text
    assert [button["payload"] for button in chat.buttons] == [
        f'/{word}{{"about": "emergency"}}' for word in ("affirm", "deny")
    ]
    chat.taps(chat.buttons[1]).run(emergency.Emergency())
    assert chat.slots["emergency"] == "denied" and current(chat) is None and chat.loop == "booking_form"
    assert not waits(chat)


@pytest.mark.parametrize(
    ("said", "intent"), [("yes", "affirm"), ("hm", "nlu_fallback"), ("no idea", "out_of_scope"), ("Friday at 3", "inform")]
)
def test_all_but_a_clear_no_is_taken_for_a_yes(chat: Conversation, said: str, intent: str) -> None:
    chat.hears("my chest hurts", "report_symptom", danger=["chest_pain"], level="likely").run(emergency.Emergency())
    assert waits(chat)
    chat.hears(said, intent).run(emergency.Emergency())
    found = current(chat)
    assert chat.slots["emergency"] == "acted" and found and "chest_pain" in found.summary and not waits(chat)


@pytest.mark.parametrize(
    "said",
    [
        "no, that was last night. still got the temp though",
        "uh no, it's just my sinuses",
        "not now",
        "nope he plays",
        "it was yesterday",
    ],
)
def test_a_no_with_its_reason_is_a_no(chat: Conversation, said: str) -> None:
    chat.hears("it hurts", "report_symptom", danger=["unnamed"], level="likely").run(emergency.Emergency())
    assert chat.keys == ["utter_ask_emergency"]
    chat.hears(said, "nlu_fallback").run(emergency.Emergency())
    assert chat.slots["emergency"] == "denied" and current(chat) is None


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("ru", "дышу нормально, грудь не болит"),
        ("ar", "la mafeesh 7aga men dol"),
        ("ar", "قلتلك لا، بس ع الدرج"),
        ("de", "noi, wenn i sitz isch alles normal"),
        ("de", "nix davo, bloß müd bin i"),
    ],
)
def test_a_no_in_dialect_and_one_that_only_denies(meet: Meet, language: str, said: str) -> None:
    chat = meet(language)
    chat.hears("…", "report_symptom", danger=["chest_pain"], level="likely").run(emergency.Emergency())
    chat.hears(said, "nlu_fallback").run(emergency.Emergency())
    assert chat.slots["emergency"] == "denied" and current(chat) is None


@pytest.mark.parametrize(("language", "said"), [("ru", "плохо ему"), ("de", "er sagt nix mehr zu mir"), ("ar", "ما بعرف")])
def test_what_is_no_no_is_still_taken_for_a_yes(meet: Meet, language: str, said: str) -> None:
    chat = meet(language)
    chat.hears("…", "report_symptom", danger=["chest_pain"], level="likely").run(emergency.Emergency())
    chat.hears(said, "nlu_fallback").run(emergency.Emergency())
    assert chat.slots["emergency"] == "acted"


def test_a_yes_with_a_no_in_it_is_a_yes(meet: Meet) -> None:
    chat = meet("pt")
    chat.hears("aperto no peito", "report_symptom", danger=["chest_pain"], level="likely").run(emergency.Emergency())
    chat.hears("agora sim, mas não deve ser nada grave n", "deny").run(emergency.Emergency())
    assert chat.slots["emergency"] == "acted"


def test_a_no_with_a_new_danger_is_no_no(chat: Conversation) -> None:
    chat.hears("my chest hurts", "report_symptom", danger=["chest_pain"], level="likely").run(emergency.Emergency())
    chat.hears("no, now she cannot speak", "deny", danger=["stroke"]).run(emergency.Emergency())
    assert chat.slots["emergency"] == "acted"


def test_thoughts_of_suicide_have_words_and_a_line_of_their_own(meet: Meet) -> None:
    chat = meet("de")
    chat.hears("ich will nicht mehr leben", "emergency", danger=["self_harm"]).run(emergency.Emergency())
    assert "0800 111 0 111" in chat.text and texts.text("utter_emergency", "de", emergency_number="112") not in chat.text


def test_the_number_is_said_though_the_team_can_not_be_told(
    chat: Conversation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("about my own words")

    monkeypatch.setattr(handoffs, "open_handoff", broken)
    chat.hears(SAID, "emergency", danger=["stroke"]).run(emergency.Emergency())
    assert len(chat.said) == 1 and "112" in chat.text, "and it is not said that the team knows"
    assert "RuntimeError" in caplog.text and SAID not in caplog.messages[0]


def waits(chat: Conversation) -> bool:
    with database.read() as session:
        return alarms.waits(session, chat.contact_id)


# ── symptoms, advice, values ─────────────────────────────────────────────────────────────────────────


@pytest.fixture
def no_intake(monkeypatch: pytest.MonkeyPatch) -> None:
    """A clinic that takes no symptoms by chat."""
    monkeypatch.setenv("CLINIC_INTAKE", "off")
    settings.cache_clear()


@pytest.mark.usefixtures("no_intake")
@pytest.mark.parametrize("action", TOLD[:3])
def test_what_may_be_serious_names_the_emergency_number(chat: Conversation, action: ClinicAction) -> None:
    chat.hears("x").run(action)
    assert "112" in chat.text and "/book_appointment" in [b["payload"] for b in chat.buttons]


@pytest.mark.usefixtures("no_intake")
@pytest.mark.parametrize("action", TOLD[:2])
def test_a_yes_to_the_appointment_books(chat: Conversation, action: ClinicAction) -> None:
    chat.hears("my ear hurts", "report_symptom").run(action)
    events = chat.hears("yes please", "affirm").run(Affirm())
    assert [(e["event"], e["name"]) for e in events] == [("followup", "booking_form")]
    assert chat.enters().asked == "booking_specialty"


@pytest.mark.parametrize("action", TOLD)
def test_inside_a_form_there_are_no_buttons_and_it_goes_on(chat: Conversation, action: ClinicAction) -> None:
    chat.weber().answers("x", action.name().removeprefix("action_"))
    assert chat.rejected
    chat.run(action)
    assert len(chat.said) == 1 and chat.text and not chat.buttons and chat.loop == "booking_form"
    assert not chat.slots.get("offer") and current(chat) is None


def test_a_pain_since_friday_is_no_wish_for_friday(chat: Conversation) -> None:
    chat.weber()
    shown = chat.shown
    chat.answers("it hurts since Friday", "report_symptom", time="Friday")
    assert chat.rejected and chat.shown == shown


def test_a_toothache_answers_which_doctor(chat: Conversation) -> None:
    chat.opens().answers("my tooth hurts", "report_symptom", specialty="dentistry")
    assert not chat.rejected and chat.slot("specialty") == "dentistry"


# ── what only the staff can do ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("reason", HANDED_OVER)
def test_a_request_reaches_the_staff_and_says_what_happens(chat: Conversation, reason: str) -> None:
    chat.hears(SAID, "x").run(HANDED_OVER[reason])
    found = current(chat)
    assert found and (found.reason, found.priority, found.summary) == (reason, "normal", f"“{SAID}”")
    assert chat.keys == ["", "utter_handoff_opened"] and "8:00 AM" in chat.text


def test_each_request_has_its_own_text(chat: Conversation) -> None:
    said = {}
    for reason, action in HANDED_OVER.items():
        chat.hears(SAID, "x").run(action)
        said[reason] = chat.said[0].text
    assert len(set(said.values())) == len(HANDED_OVER)
    assert "name of" in said["refill"] or "date of birth" in said["refill"]
    assert "never sent in this chat" in said["results"]
    assert all("one month" in said[reason] for reason in ("delete", "export"))


def test_a_second_request_joins_the_first(chat: Conversation) -> None:
    chat.hears("my prescription", "refill_prescription").run(requests.RefillPrescription())
    chat.hears("and my results", "get_test_results").run(requests.GetTestResults())
    with database.read() as session:
        (only,) = handoffs.waiting(session)
    assert only.reason == "refill" and only.summary == "“my prescription”\n[results] “and my results”"


@pytest.mark.parametrize("reason", HANDED_OVER)
def test_a_request_leaves_the_form_and_the_staff_see_the_booking(chat: Conversation, reason: str) -> None:
    chat.weber("Thursday")
    chat.answers(SAID, HANDED_OVER[reason].name().removeprefix("action_"))
    assert chat.rejected
    chat.run(HANDED_OVER[reason])
    found = current(chat)
    assert chat.loop is None and found and "booking: dermatology, anna-weber" in found.summary


def test_feedback_is_not_said_to_be_passed_on(chat: Conversation) -> None:
    chat.hears("the nurse was so kind", "give_feedback").run(requests.GiveFeedback())
    assert current(chat) is None and "do not pass messages on" in chat.text
    assert [b["payload"] for b in chat.buttons] == ["/human_handoff"]


# ── messages of the clinic's own ─────────────────────────────────────────────────────────────────────


def test_out_and_in_again(chat: Conversation) -> None:
    chat.hears("no more messages", "opt_out").run(OptOut())
    assert opted_out(chat) and chat.keys == ["utter_opted_out"]
    chat.taps(chat.buttons[0]).run(OptIn())
    assert not opted_out(chat) and chat.keys == ["utter_opted_in"]


@pytest.mark.parametrize("word", ["stop", "STOP!", "stopp", "стоп", "parar", "توقف"])
def test_the_bare_word_inside_a_form_leaves_the_form(chat: Conversation, word: str) -> None:
    chat.until_confirm().answers(word, "opt_out")
    assert chat.rejected
    chat.run(OptOut())
    assert (chat.keys, chat.loop, chat.statuses) == (["utter_nevermind"], None, []) and not opted_out(chat)


def test_a_sentence_inside_a_form_opts_out(chat: Conversation) -> None:
    chat.weber().answers("stop sending me adverts", "opt_out")
    chat.run(OptOut())
    assert opted_out(chat) and chat.loop == "booking_form"
