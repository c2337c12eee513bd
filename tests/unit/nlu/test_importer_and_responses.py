"""Texts of all languages in one domain, and the one that is said."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
import yaml
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SlotSet, UserUttered
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker

from clinic.settings import PROJECT
from nlu.importer import LocaleError, LocaleImporter, responses_by_language
from nlu.responses import LocalisedResponses, tracker_language

LOCALES = {
    "de": {"utter_hi": [{"text": "hallo {name}", "buttons": [{"title": "Ja", "payload": "/affirm"}]}], "utter_day": [{"text": "{day}: zu"}]},
    "en": {"utter_hi": [{"text": "hello {name}"}, {"text": "hi {name}"}], "utter_day": [{"text": "{day}: closed"}]},
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for language, responses in LOCALES.items():
        content = {"version": "3.1", "responses": responses}
        (tmp_path / f"{language}.yml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
    return tmp_path


def test_every_language_is_a_variation_with_its_condition(folder: Path) -> None:
    merged = responses_by_language(folder)
    assert [(v["condition"][0]["value"], v["text"]) for v in merged["utter_hi"]] == [
        ("de", "hallo {name}"),
        ("en", "hello {name}"),
        ("en", "hi {name}"),
    ]
    assert merged["utter_hi"][0]["buttons"] == [{"title": "Ja", "payload": "/affirm"}]
    assert all(
        v["condition"] == [{"type": "slot", "name": "language", "value": v["condition"][0]["value"]}]
        for v in merged["utter_hi"]
    )


@pytest.mark.parametrize("content", ["", "version: '3.1'\n", "- a\n"])
def test_a_file_without_responses_is_named(folder: Path, content: str) -> None:
    (folder / "fr.yml").write_text(content)
    with pytest.raises(LocaleError, match=r"fr\.yml"):
        responses_by_language(folder)


def test_an_empty_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LocaleError, match="no locale"):
        responses_by_language(tmp_path)


@pytest.mark.filterwarnings("ignore:Slot auto-fill:UserWarning")  # Rasa says so to everybody
def test_the_importer_gives_the_domain_all_languages() -> None:
    importer = LocaleImporter(str(PROJECT / "config.yml"), str(PROJECT / "domain.yml"), [])
    domain = importer.get_domain()
    said = {v["condition"][0]["value"] for v in domain.responses["utter_help"]}
    assert said == {"en", "ar", "de", "pt", "ru"}
    assert "book_appointment" in domain.intents
    assert "utter_help" in domain.action_names_or_texts


def user(language: str | None = None, metadata: dict[str, Any] | None = None) -> UserUttered:
    parse = {"language": {"code": language, "confidence": 0.9}} if language else {}
    return UserUttered("text", {"name": "greet"}, parse_data={"text": "text", **parse}, metadata=metadata)


def tracker(*events: Any, **slots: Any) -> DialogueStateTracker:
    names = ("language", "language_choice", "name", "day")
    made = DialogueStateTracker("1", [AnySlot(name, mappings=[{}]) for name in names])
    for event in [*(SlotSet(name, value) for name, value in slots.items()), *events]:
        made.update(event)
    return made


@pytest.mark.parametrize(
    ("conversation", "language"),
    [
        (tracker(user("de"), language_choice="pt"), "pt"),  # the patient's choice
        (tracker(user("de"), language_choice="fr"), "de"),  # … if the clinic speaks it
        (tracker(user("pt"), user("de")), "de"),  # the newest message
        (tracker(user("pt"), user(), BotUttered("x")), "pt"),  # a tap has no language
        (tracker(user("de", {"language": "ar"})), "de"),
        (tracker(user(None, {"language": "ar"})), "ar"),  # what the channel knows of the contact
        (tracker(user(None, {"language": "fr"})), "en"),
        (tracker(), "en"),
    ],
)
def test_the_language_of_an_answer(conversation: DialogueStateTracker, language: str) -> None:
    assert tracker_language(conversation) == language


@pytest.fixture
def voices(folder: Path) -> LocalisedResponses:
    return LocalisedResponses(None, Domain.from_dict({"responses": responses_by_language(folder)}))


def said(voices: LocalisedResponses, key: str, conversation: DialogueStateTracker, **values: Any) -> Any:
    return asyncio.run(voices.generate(key, conversation, "whatsapp", **values))


def test_texts_are_said_in_the_conversations_language(voices: LocalisedResponses) -> None:
    assert said(voices, "utter_hi", tracker(user("de")), name="Anna")["text"] == "Hallo Anna"
    assert said(voices, "utter_hi", tracker(user("en")), name="Anna")["text"] in ("Hello Anna", "Hi Anna")
    assert said(voices, "utter_hi", tracker(user("de")), name="Anna")["buttons"][0]["payload"] == "/affirm"


def test_an_action_that_has_just_changed_the_language_wins(voices: LocalisedResponses) -> None:
    chosen = tracker(user("en"), language_choice="en")
    assert said(voices, "utter_hi", chosen, name="Anna", language="de")["text"] == "Hallo Anna"
    assert said(voices, "utter_hi", chosen, name="Anna", language=None)["text"] != "Hallo Anna"


def test_a_text_begins_with_a_capital(voices: LocalisedResponses) -> None:
    assert said(voices, "utter_day", tracker(user("de")), day="dienstag")["text"] == "Dienstag: zu"
    assert said(voices, "utter_day", tracker(user("de")), day="24. Mai")["text"] == "24. Mai: zu"


def test_an_unknown_text_is_none(voices: LocalisedResponses) -> None:
    assert said(voices, "utter_nothing", tracker(user("de"))) is None


def test_rendering_leaves_the_conversation_as_it_was(voices: LocalisedResponses) -> None:
    conversation = tracker(user("de"))
    said(voices, "utter_hi", conversation, name="Anna")
    assert conversation.get_slot("language") is None
