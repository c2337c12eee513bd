"""Texts outside the model's conversation."""

from __future__ import annotations

from pathlib import Path

import pytest

from clinic import texts
from clinic.settings import SUPPORTED_LANGUAGES


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "en.yml").write_text(
        'responses:\n  utter_hi:\n  - text: "Hello {name}, {{not}} {name}"\n  utter_bye:\n  - text: Bye\n',
        encoding="utf-8",
    )
    monkeypatch.setattr(texts, "FOLDER", tmp_path)
    texts._texts.cache_clear()
    yield tmp_path
    texts._texts.cache_clear()


def test_placeholders_are_filled(folder: Path) -> None:
    assert texts.text("utter_bye", "en") == "Bye"
    assert texts.text("utter_bye", None) == "Bye"
    assert texts.text("utter_hi", "en", name="{name}", **{"not": "x"}) == "Hello {name}, {x} {name}"


@pytest.mark.parametrize(
    ("key", "language", "says"),
    [
        ("utter_no", "en", "en.yml has no utter_no"),
        ("utter_bye", "fr", "fr.yml is missing"),
        ("utter_hi", "en", "wants name, not"),
    ],
)
def test_errors_say_what_is_missing(folder: Path, key: str, language: str, says: str) -> None:
    with pytest.raises(texts.TextError, match=says):
        texts.text(key, language)


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_what_the_command_line_needs_is_there(language: str) -> None:
    assert texts.text("utter_handoff_closed", language)
