"""The clinic's own questions among the training data."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT

from clinic.knowledge import KnowledgeError
from clinic.settings import PROJECT
from nlu.importer import LocaleImporter
from nlu.language import _declared

pytestmark = pytest.mark.filterwarnings("ignore:Slot auto-fill:UserWarning")  # Rasa says so to everybody


@pytest.fixture
def importer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LocaleImporter:
    for name, questions in {"travel_medicine/de": "[a, b, c, d, e]", "parking/en": "[where is my car]"}.items():
        path = tmp_path / f"{name}.md"
        path.parent.mkdir()
        path.write_text(f"---\nquestions: {questions}\n---\nThe secret answer.\n")
    monkeypatch.setenv("CLINIC_KNOWLEDGE", str(tmp_path))
    return LocaleImporter(str(PROJECT / "config.yml"), str(PROJECT / "domain.yml"), [])


def test_questions_are_examples_of_their_topic_and_language(importer: LocaleImporter) -> None:
    examples = importer.get_nlu_data().training_examples
    assert {(e.get(TEXT), e.get(INTENT), e.get(INTENT_RESPONSE_KEY), _declared(e)) for e in examples} == {
        *((text, "faq", "faq/travel_medicine", "de") for text in "abcde"),
        ("where is my car", "faq", "faq/parking", "en"),
    }


def test_the_answer_is_not_in_the_model(importer: LocaleImporter) -> None:
    responses = importer.get_domain().responses
    assert responses["utter_faq/travel_medicine"] == [{"text": "{answer}"}]
    assert {v["text"] for v in responses["utter_faq/parking"]} == {"{parking}"}
    assert "secret" not in str(responses)


def test_a_wrong_file_stops_the_training(importer: LocaleImporter, tmp_path: Path) -> None:
    (tmp_path / "parking" / "xx.md").write_text("")
    with pytest.raises(KnowledgeError, match=r"parking/xx\.md"):
        importer.get_nlu_data()
