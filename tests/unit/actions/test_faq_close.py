"""Two topics that are close: a list to choose from. And the answers of `knowledge/`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from actions.faq import AnswerFaq
from clinic.settings import SUPPORTED_LANGUAGES
from tests.support.conversations import Conversation

Meet = Callable[..., Conversation]


def ranked(chat: Conversation, **shares: float) -> Conversation:
    """A question whose topics have these shares."""
    ranking = [{"intent_response_key": f"faq/{topic}", "confidence": share} for topic, share in shares.items()]
    chat.hears("?", "faq")
    chat.latest["response_selector"] = {"faq": {"response": ranking[0], "ranking": ranking}}
    chat.run(AnswerFaq())
    return chat


def test_two_close_topics_are_a_question(chat: Conversation) -> None:
    ranked(chat, prices=0.4, payment=0.3, insurance=0.1)
    assert chat.keys == ["utter_faq_which"]
    assert [(b["title"], b["payload"]) for b in chat.buttons] == [
        ("Prices", '/faq{"topic": "prices"}'),
        ("Ways to pay", '/faq{"topic": "payment"}'),
    ]
    assert chat.slots.get("offer") is None


@pytest.mark.parametrize(
    "shares",
    [
        {"prices": 0.55, "payment": 0.45},  # sure enough
        {"prices": 0.5, "payment": 0.29, "insurance": 0.21},  # the second is far
        {"prices": 0.3, "payment": 0.17, "insurance": 0.16},
        {"prices": 1.0},
    ],
)
def test_a_clear_topic_is_answered(chat: Conversation, shares: dict[str, float]) -> None:
    assert ranked(chat, **shares).keys == ["utter_faq/prices"]


def test_never_more_than_three(chat: Conversation) -> None:
    ranked(chat, prices=0.25, payment=0.25, insurance=0.24, documents=0.24)
    assert chat.said[0].titles == ["Prices", "Ways to pay", "Insurance"]


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_the_tap_is_answered_in_every_language(meet: Meet, language: str) -> None:
    chat = ranked(meet(language), parking=0.4, location=0.4)
    chat.taps(chat.buttons[0]).run(AnswerFaq())
    assert chat.keys == ["utter_faq/parking"]


def test_a_tapped_topic_counts_more_than_the_models(chat: Conversation) -> None:
    entities = [{"entity": "topic", "value": "parking"}]
    chat.hears('/faq{"topic": "parking"}', "faq", entities, topic="faq/prices").run(AnswerFaq())
    assert chat.keys == ["utter_faq/parking"]


@pytest.mark.parametrize("topic", ["horoscope", "../secrets", ""])
def test_a_topic_that_is_none_has_no_answer(chat: Conversation, topic: str) -> None:
    chat.taps({"payload": f'/faq{{"topic": "{topic}"}}'}).run(AnswerFaq())
    assert chat.keys == ["utter_faq_no_answer"]


def test_inside_the_form_the_list_comes_and_the_form_goes_on(chat: Conversation) -> None:
    chat.weber()
    asked = chat.asked
    chat.hears("how do I pay", "faq")
    chat.goes_on()
    assert chat.rejected, "not the form's"
    ranked(chat, prices=0.4, payment=0.4)
    assert (chat.keys, chat.asked, chat.loop) == (["utter_faq_which"], asked, "booking_form")
    chat.chooses(chat.buttons[1])
    assert chat.rejected
    chat.run(AnswerFaq())
    assert (chat.keys, chat.asked, chat.loop) == (["utter_faq/payment"], asked, "booking_form")


# ── knowledge/ ───────────────────────────────────────────────────────────────────────────────────────

QUESTIONS = "questions: [one, two, three, four, five]\n"


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Writes a file of the clinic's folder."""
    monkeypatch.setenv("CLINIC_KNOWLEDGE", str(tmp_path / "own"))

    def write(name: str, content: str) -> None:
        path = tmp_path / "own" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")

    return write


def tells(chat: Conversation, topic: str) -> Conversation:
    chat.hears("?", "faq", topic=f"faq/{topic}").run(AnswerFaq())
    return chat


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_the_demo_topic_is_answered(meet: Meet, language: str) -> None:
    chat = tells(meet(language), "first_visit")
    assert chat.keys == ["utter_faq_own"] and "1. " in chat.text and "**" not in chat.text


def test_a_new_topic_and_what_changes_in_its_file(chat: Conversation, own: Callable[[str, str], None]) -> None:
    own("travel_medicine/en.md", f"---\n{QUESTIONS}link: https://a.example\n---\n**Yes**, by {{phone}}.\n")
    assert tells(chat, "travel_medicine").text == "*Yes*, by {phone}.\nRead more: https://a.example"
    own("travel_medicine/en.md", f"---\n{QUESTIONS}---\nNo more.\n")
    assert tells(chat, "travel_medicine").text == "No more."


def test_in_a_language_without_a_file_a_person_is_offered(meet: Meet, own: Callable[[str, str], None]) -> None:
    own("travel_medicine/en.md", f"---\n{QUESTIONS}---\nYes.\n")
    chat = tells(meet("de"), "travel_medicine")
    assert (chat.keys, chat.slots["offer"]) == (["utter_faq_no_answer"], "person")


def test_a_file_replaces_the_answer_of_the_data_in_its_language(meet: Meet, own: Callable[[str, str], None]) -> None:
    own("opening_hours/en.md", "---\n---\nOpen around the clock.\n")
    assert tells(meet("en"), "opening_hours").text == "Open around the clock."
    assert tells(meet("de"), "opening_hours").keys == ["utter_faq/opening_hours"]


def test_a_file_that_was_broken_later_is_no_answer(
    chat: Conversation, own: Callable[[str, str], None], caplog: pytest.LogCaptureFixture
) -> None:
    own("opening_hours/en.md", "Open around the clock.\n")
    assert tells(chat, "opening_hours").keys == ["utter_faq_no_answer"]
    assert "opening_hours/en.md" in caplog.text


def test_titles_of_own_topics(chat: Conversation, own: Callable[[str, str], None]) -> None:
    own("travel_medicine/en.md", f"---\n{QUESTIONS}title: Travelling\n---\nYes.\n")
    own("sleep_laboratory_and_more/en.md", f"---\n{QUESTIONS}---\nYes.\n")
    own("parking/en.md", "broken")
    ranked(chat, travel_medicine=0.3, sleep_laboratory_and_more=0.3, parking=0.3)
    assert chat.said[0].titles == ["Travelling", "Sleep laboratory and", "Parking"]
