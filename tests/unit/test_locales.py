"""Everything that Salama says: complete in every language, alike in all of them, and all of it used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from babel import Locale

from actions.faq import ANSWERS
from actions.meanings import OFFERED
from clinic import texts
from clinic.settings import PROJECT, SUPPORTED_LANGUAGES
from tests.support.locales import GAP, gaps, responses, variations

OTHERS = [code for code in SUPPORTED_LANGUAGES if code != "en"]


# ── the same in every language ───────────────────────────────────────────────────────────────────────


def test_every_language_has_its_file_and_no_file_is_too_many() -> None:
    assert {path.stem for path in texts.FOLDER.glob("*.yml")} == set(SUPPORTED_LANGUAGES)


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_every_file_declares_the_language_of_its_name(language: str) -> None:
    comments = [
        line for line in (texts.FOLDER / f"{language}.yml").read_text("utf-8").splitlines()[:3] if line.startswith("#")
    ]
    assert f"in {Locale.parse(language).get_display_name('en')}" in " ".join(comments)


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_every_text_is_in_the_script_of_its_language(language: str) -> None:
    """A text that was copied and forgotten. What is only placeholders has no script."""
    script = {"ar": "\u0600-\u06ff", "ru": "\u0400-\u04ff"}.get(language, "A-Za-zÀ-ÿ")
    for key, variation in variations(language):
        words = re.sub(r"\{\w+\}|Salama", "", variation["text"])
        letters = [c for c in words if c.isalpha()]
        own = [c for c in letters if re.match(f"[{script}]", c)]
        assert len(own) >= 0.8 * len(letters), (key, variation["text"])


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_is_left_in_english(language: str) -> None:
    same = [
        key
        for key in responses(language)
        if responses(language)[key][0]["text"] == responses("en")[key][0]["text"]
        and re.search(r"[^\W\d_]{3}", GAP.sub("", responses("en")[key][0]["text"]))
    ]
    assert not same


@pytest.mark.parametrize("language", OTHERS)
def test_the_same_keys_placeholders_buttons_and_metadata(language: str) -> None:
    assert list(responses(language)) == list(responses("en")), "the same keys in the same order"
    for key, listed in responses("en").items():
        own = responses(language)[key]
        assert {tuple(gaps(v["text"])) for v in own} == {tuple(gaps(v["text"])) for v in listed}, key
        payloads = [[button["payload"] for button in v.get("buttons", [])] for v in (*own, *listed)]
        assert all(found == payloads[0] for found in payloads), key
        metadata = [sorted(v.get("metadata") or {}) for v in (*own, *listed)]
        assert all(found == metadata[0] for found in metadata), key
        assert {frozenset(v) for v in own} == {frozenset(v) for v in listed}, key
        limits = [(v.get("metadata") or {}).get("limit") for v in (*own, *listed)]
        assert len(set(limits)) == 1, key


# ── what is used ─────────────────────────────────────────────────────────────────────────────────────


def used() -> set[str]:
    code = [path for room in ("actions", "connectors", "clinic", "worker") for path in (PROJECT / room).rglob("*.py")]
    rules = [*(PROJECT / "data" / "rules").glob("*.yml"), *(PROJECT / "data" / "stories").glob("*.yml")]
    named = {key for path in [*code, *rules] for key in re.findall(r"(?<!\.)\butter_[a-z_]+\b(?!/)", _without_docs(path))}
    titles = {f"utter_faq_title/{topic.removeprefix('faq/')}" for topic in ANSWERS}
    titles |= {f"utter_intent_title/{intent}" for intent in OFFERED}
    return named | {f"utter_{topic}" for topic in ANSWERS} | titles


def _without_docs(path: Path) -> str:
    return re.sub(r'"""[\s\S]*?"""', "", path.read_text("utf-8")).replace('"utter_faq/', '"')


def test_every_text_that_is_used_exists_and_none_is_left_over() -> None:
    there = set(responses("en"))
    assert sorted(used() - there) == []
    assert sorted(there - used()) == [], "used nowhere: take it out of every file of locales/"


def test_every_topic_of_the_data_has_an_answer() -> None:
    topics = {
        block["intent"]
        for path in (PROJECT / "data" / "nlu" / "faq").glob("*.yml")
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]
    }
    assert topics == set(ANSWERS)
