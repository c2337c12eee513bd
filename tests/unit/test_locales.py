"""Everything that Salama says: complete in every language, alike in all of them, and inside WhatsApp's limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from babel import Locale

from actions.faq import ANSWERS
from clinic import formats, patients, seed, texts
from clinic.facts import DEFAULT_EMERGENCY_NUMBER
from clinic.settings import PROJECT, SUPPORTED_LANGUAGES
from tests.support import surroundings

PLAIN, WITH_CHOICES, BUTTONS, BUTTON, ROW, HINT, ROWS, LABEL, PAYLOAD = 4096, 1024, 3, 20, 24, 72, 10, 20, 256
OTHERS = [code for code in SUPPORTED_LANGUAGES if code != "en"]
_GAP = re.compile(r"\{(\w+)\}")
# Rows' hints; what is written into a list's row has that row's limit as metadata.
MOST_APPOINTMENTS = 10


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield from surroundings.documented(monkeypatch)


@lru_cache(maxsize=8)
def responses(language: str) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = yaml.safe_load((texts.FOLDER / f"{language}.yml").read_text("utf-8"))[
        "responses"
    ]
    return found


def variations(language: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for key, listed in responses(language).items():
        for variation in listed:
            yield key, variation


def gaps(text: str) -> list[str]:
    return sorted(set(_GAP.findall(text)))


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
        and re.search(r"[^\W\d_]{3}", _GAP.sub("", responses("en")[key][0]["text"]))
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
    return named | {f"utter_{topic}" for topic in ANSWERS}


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


# ── limits, with the longest values there are ────────────────────────────────────────────────────────


@lru_cache(maxsize=1)
def clinic() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(seed.DEMO.read_text("utf-8"))
    return content


def longest(values: Any) -> str:
    return max(map(str, values), key=len)


def named(entries: Any, language: str) -> str:
    return longest(entry["names"].get(language) or entry["names"]["en"] for entry in entries)


@lru_cache(maxsize=8)
def values(language: str) -> dict[str, str]:
    """The longest value of every placeholder in the demo clinic, a patient of the longest name that is stored."""

    def isolated(text: str) -> str:
        return formats.isolate(text, language)

    start = datetime(2026, 11, 22, 11, 50, tzinfo=timezone.utc)
    moments = [start + timedelta(days=day) for day in range(366)]
    organization, places = clinic()["organization"], clinic()["locations"]
    doctors = [person["names"].get(language) or person["name"] for person in clinic()["practitioners"]]
    day, day_time = (longest(write(moment, language) for moment in moments) for write in (formats.day, formats.day_time))
    time = longest(formats.clock_time(moment, language) for moment in moments)
    address = isolated(longest(place["address"] for place in places))
    name = isolated("M" * patients.MAX_NAME)
    holiday = named(clinic()["holidays"], language)
    languages = ", ".join(formats.language_name(code, language) for code in SUPPORTED_LANGUAGES)
    given = {
        "clinic": organization["names"][language],
        "phone": isolated(organization["phone"]),
        "emergency_number": isolated(DEFAULT_EMERGENCY_NUMBER),
        "practitioner": isolated(longest(doctors)),
        "specialty": named(clinic()["specialties"], language),
        "location": named(places, language),
        "address": address,
        "day": day,
        "time": time,
        "closes": time,
        "slot": day_time,
        "when": f"{day} – {day}",
        "opening": day_time,
        "name": name,
        "birth_date": longest(formats.date(date(1985, month, 28), language) for month in range(1, 13)),
        "date": longest(formats.date(date(1985, month, 28), language) for month in range(1, 13)),
        "holiday": holiday,
        "languages": formats.language_name("pt", language),
        "requested": longest(formats.language_name(code, language) for code in ("fr", "uk", "hi", "zh", "tr", "es", "it")),
        "insurance": organization["facts"]["insurance"][language],
        "documents": organization["facts"]["documents"][language],
        "about": "hold-2147483647",
        "days": f"{longest(formats.weekday(n, language) for n in range(7))} – {longest(formats.weekday(n, language) for n in range(7))}",
        "times": f"{time}–{time}, {time}–{time}",
    }
    assert len(languages) <= 1024
    line = texts.text("utter_hours_line", language, **given)
    given |= {
        "addresses": "\n".join(f"• {given['location']}: {address}" for _ in places),
        "appointments": "\n".join([texts.text("utter_appointment_line", language, **given)] * MOST_APPOINTMENTS),
        "summary": texts.text("utter_summary", language, **given),
        "today": longest(texts.text(key, language, **given) for key in ("utter_open_now", "utter_closed_now")),
        "holidays": ", ".join([f"{day} ({holiday})"] * 6),
    }
    given["holidays"] = "\n" + texts.text("utter_holidays", language, **given)
    given["hours"] = longest(
        [
            texts.text("utter_handoff_hours", language, **given),
            "\n".join([f"*{given['location']}*", *[line] * 7] * len(places)),
        ]
    )
    return given


def filled(text: str, language: str) -> str:
    missing = set(gaps(text)) - set(values(language))
    assert not missing, f"give the longest value of {missing} in values()"
    return _GAP.sub(lambda match: values(language)[match[1]], text)


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_bodies_fit(language: str) -> None:
    for key, variation in variations(language):
        text = filled(variation["text"], language)
        metadata = variation.get("metadata") or {}
        with_choices = bool(variation.get("buttons")) or "list_button" in metadata
        limit = metadata.get("limit") or (WITH_CHOICES if with_choices else PLAIN)
        assert 0 < len(text.strip()) <= limit, (key, len(text))
        assert text == text.strip() or key in ("utter_handoff_hours",), key


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_a_joined_question_fits(language: str) -> None:
    """A reason and the question after it are one message, body and choices together."""
    reasons = (
        "utter_time_in_past",
        "utter_time_too_far",
        "utter_closed_day",
        "utter_closed_holiday",
        "utter_slot_just_taken",
    )
    questions = ("utter_ask_slot", "utter_ask_slot_in_window", "utter_no_slot_then", "utter_no_more_times")
    said = {key: filled(responses(language)[key][0]["text"], language) for key in (*reasons, *questions)}
    assert max(len(f"{said[r]}\n\n{said[q]}") for r in reasons for q in questions) <= WITH_CHOICES
    for complaint, question in (
        ("utter_birth_date_impossible", "utter_ask_birth_date"),
        ("utter_confirm_not_understood", "utter_ask_confirm"),
    ):
        both = [filled(responses(language)[key][0]["text"], language) for key in (complaint, question)]
        assert len("\n\n".join(both)) <= WITH_CHOICES


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_introduction_and_consent_are_one_message(language: str) -> None:
    both = [filled(responses(language)[key][0]["text"], language) for key in ("utter_introduction", "utter_ask_consent")]
    assert len("\n\n".join(both)) <= WITH_CHOICES


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_the_introduction_joins_whatever_is_asked_first(language: str) -> None:
    hello = filled(responses(language)["utter_introduction"][0]["text"], language)
    for key in (
        "utter_ask_consent",
        "utter_bot_challenge",
        "utter_ask_language",
        "utter_not_understood",
        "utter_out_of_scope",
        "utter_help",
    ):
        assert len(f"{hello}\n\n{filled(responses(language)[key][0]['text'], language)}") <= WITH_CHOICES, key


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_buttons_fit_and_differ(language: str) -> None:
    for key, variation in variations(language):
        buttons = variation.get("buttons", [])
        assert len(buttons) <= ROWS, key
        as_list = len(buttons) > BUTTONS
        assert not as_list or (variation.get("metadata") or {}).get("list_button"), key
        titles = [filled(button["title"], language) for button in buttons]
        assert all(0 < len(title) <= (ROW if as_list else BUTTON) and title == title.strip() for title in titles), (
            key,
            titles,
        )
        assert len(set(titles)) == len(titles), key
        payloads = [filled(button["payload"], language) for button in buttons]
        assert all(
            re.fullmatch(r"/[a-z_]+(?::[a-z_]+=\S+)?", payload) and len(payload) <= PAYLOAD for payload in payloads
        ), (key, payloads)
        assert len(set(payloads)) == len(payloads), key


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_labels_of_lists_fit(language: str) -> None:
    for key, variation in variations(language):
        label = (variation.get("metadata") or {}).get("list_button")
        assert label is None or 0 < len(label) <= LABEL, (key, label)


def test_buttons_say_intents_that_there_are() -> None:
    domain = yaml.safe_load((PROJECT / "domain.yml").read_text("utf-8"))
    for key, variation in variations("en"):
        for button in variation.get("buttons", []):
            intent, entity = re.fullmatch(r"/([a-z_]+)(?::([a-z_]+)=\S+)?", button["payload"]).groups()  # type: ignore[union-attr]
            assert intent in domain["intents"], key
            assert entity is None or entity in domain["entities"], key


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_rows_of_the_actions_fit(language: str) -> None:
    for key in ("utter_any_practitioner", "utter_more_times", "utter_practitioner_speaks"):
        assert len(_GAP.sub("", responses(language)[key][0]["text"])) <= ROW, key
    assert len(responses(language)["utter_someone_else"][0]["text"]) <= BUTTON
    for key in ("utter_any_practitioner_hint", "utter_more_times_hint"):
        assert len(responses(language)[key][0]["text"]) <= HINT, key
    everybody = max(
        len(responses(language)["utter_practitioner_speaks"][0]["text"])
        - len("{languages}")
        + len(", ".join(formats.language_name(c, language) for c in p["languages"]))
        for p in clinic()["practitioners"]
    )
    assert everybody <= HINT, "no doctor of the demo clinic has their languages cut"
