""" "Do you mean …?" for what the model is not sure of; nothing of Rasa's own is ever said."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

import pytest
import yaml

from actions import fallback, meanings
from actions.base import ClinicAction
from actions.fallback import Fallback
from actions.people import OpenHandoff
from actions.requests import RefillPrescription
from actions.social import Affirm, Deny
from clinic import database, handoffs
from clinic.settings import PROJECT, SUPPORTED_LANGUAGES
from tests.support.conversations import Conversation
from tests.support.locales import responses

Meet = Callable[..., Conversation]
FALLBACK = ("nlu_fallback", 0.5)


def unsure(
    chat: Conversation, ranking: Sequence[tuple[str, float]], topics: Sequence[tuple[str, float]] = (), text: str = "hmm"
) -> Conversation:
    """A message of which the model made this."""
    chat.hears(text, "nlu_fallback")
    chat.latest["intent_ranking"] = [{"name": name, "confidence": share} for name, share in (FALLBACK, *ranking)]
    ranked = [{"intent_response_key": f"faq/{topic}", "confidence": share} for topic, share in topics]
    chat.latest["response_selector"] = {"faq": {"response": ranked[0] if ranked else {}, "ranking": ranked}}
    chat.run(Fallback())
    return chat


def test_the_best_two_are_buttons(chat: Conversation) -> None:
    unsure(chat, [("cancel_appointment", 0.32), ("reschedule_appointment", 0.28), ("book_appointment", 0.2)])
    assert chat.keys == ["utter_ask_meaning"] and chat.slots["offer"] == "meaning"
    assert [(b["title"], b["payload"]) for b in chat.buttons] == [
        ("Cancel appointment", "/cancel_appointment"),
        ("Move appointment", "/reschedule_appointment"),
        ("Something else", '/deny{"about": "meaning"}'),
    ]


@pytest.mark.parametrize(
    ("ranking", "offered"),
    [
        ([("book_appointment", 0.35), ("complain", 0.05)], ["/book_appointment"]),
        ([("book_appointment", meanings.BEST), ("complain", meanings.FURTHER)], ["/book_appointment", "/complain"]),
        ([("inform", 0.35), ("affirm", 0.2), ("emergency", 0.2)], ["/emergency"]),
        ([("book_appointment", 0.19), ("complain", 0.18)], None),
        ([("inform", 0.39)], None),
        ([], None),
    ],
)
def test_only_what_is_likely_is_offered(
    chat: Conversation, ranking: list[tuple[str, float]], offered: list[str] | None
) -> None:
    unsure(chat, ranking)
    if offered is None:
        assert chat.keys == ["utter_not_understood"]
    else:
        assert [b["payload"] for b in chat.buttons][:-1] == offered


def test_a_question_is_offered_by_its_topic(chat: Conversation) -> None:
    unsure(chat, [("faq", 0.38), ("find_doctor", 0.12)], [("opening_hours", 0.8), ("location", 0.2)])
    assert [b["payload"] for b in chat.buttons][:-1] == ['/faq{"topic": "opening_hours"}', "/find_doctor"]
    assert chat.buttons[0]["title"] == responses("en")["utter_faq_title/opening_hours"][0]["text"]


def test_a_topic_without_a_title_is_left_out(chat: Conversation) -> None:
    unsure(chat, [("faq", 0.38), ("find_doctor", 0.21)], [("of_a_clinics_own", 1.0)])
    assert [b["payload"] for b in chat.buttons][:-1] == ["/find_doctor"]


def test_none_of_them_asks_for_other_words_and_then_for_a_person(chat: Conversation) -> None:
    unsure(chat, [("cancel_appointment", 0.32)])
    chat.taps(chat.buttons[-1]).run(Deny())
    assert chat.keys == ["utter_ask_rephrase"]
    unsure(chat, [("cancel_appointment", 0.32)])
    assert chat.keys == ["utter_offer_person"] and chat.slots["offer"] == "person"


@pytest.mark.parametrize(("action", "intent"), [(Deny(), "deny"), (Affirm(), "affirm")])
def test_a_typed_yes_or_no_says_nothing_about_which(chat: Conversation, action: ClinicAction, intent: str) -> None:
    unsure(chat, [("cancel_appointment", 0.32), ("delete_data", 0.3)])
    chat.hears("hm", intent).run(action)
    assert chat.keys == ["utter_ask_rephrase"]


def test_twice_unsure_offers_a_person(chat: Conversation) -> None:
    unsure(chat, [("cancel_appointment", 0.32)])
    unsure(chat, [("cancel_appointment", 0.32)])
    assert chat.keys == ["utter_offer_person"]


def test_inside_a_form_no_buttons(chat: Conversation) -> None:
    unsure(chat.weber(), [("cancel_appointment", 0.32)])
    assert not chat.said[-1].buttons


@pytest.mark.parametrize("action", [RefillPrescription(), OpenHandoff()])
def test_the_staff_read_the_words_and_not_the_tap(chat: Conversation, action: ClinicAction) -> None:
    unsure(chat, [("refill_prescription", 0.38)], text="ibu 600 again pls")
    chat.taps(chat.buttons[0]).run(action)
    with database.read() as session:
        found = handoffs.current(session, chat.contact_id)
    assert found and found.summary == "“ibu 600 again pls”"


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_every_meaning_has_a_title_of_its_own(meet: Meet, language: str) -> None:
    titles = [responses(language)[f"utter_intent_title/{intent}"][0]["text"] for intent in meanings.OFFERED]
    titles.append(responses(language)["utter_something_else"][0]["text"])
    assert len(set(titles)) == len(titles) and max(map(len, titles)) <= 20
    for intent in meanings.OFFERED:
        unsure(chat := meet(language), [(intent, 0.3)])
        assert chat.keys == ["utter_ask_meaning"] and len(chat.buttons) == 2


def test_every_meaning_is_an_intent_with_a_rule() -> None:
    rules = [yaml.safe_load(path.read_text("utf-8"))["rules"] for path in (PROJECT / "data" / "rules").glob("*.yml")]
    ruled = {rule["steps"][0].get("intent") for file in rules for rule in file}
    domain = yaml.safe_load((PROJECT / "domain.yml").read_text("utf-8"))
    assert set(meanings.OFFERED) <= ruled & set(domain["intents"])
    assert set(domain["intents"]) - {"inform"} <= ruled, "what a piece of data means is told by a story"


def test_what_rasa_would_say_itself_is_ours() -> None:
    actions = yaml.safe_load((PROJECT / "domain.yml").read_text("utf-8"))["actions"]
    for kind in (fallback.AskAffirmation, fallback.AskRephrase):
        assert issubclass(kind, Fallback) and kind.action_name in actions
    assert json.dumps(actions).count("action_default") == 2
