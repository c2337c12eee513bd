"""Every text with the longest values of the demo clinic, against WhatsApp's limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any

import pytest
import yaml

from actions.doctors import MOST_IN_DETAIL
from clinic import emergency, formats, knowledge, patients, seed, texts
from clinic.settings import PROJECT, SUPPORTED_LANGUAGES
from clinic.triage import screen
from clinic.triage import texts as triage_texts
from clinic.triage.protocols import protocols
from tests.support import surroundings
from tests.support.locales import GAP, gaps, responses, variations

PLAIN, WITH_CHOICES, BUTTONS, BUTTON, ROW, HINT, ROWS, LABEL, PAYLOAD = 4096, 1024, 3, 20, 24, 72, 10, 20, 256
MOST_APPOINTMENTS = 10


@pytest.fixture(autouse=True)
def _surroundings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield from surroundings.documented(monkeypatch)


@lru_cache(maxsize=1)
def clinic() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(seed.DEMO.read_text("utf-8"))
    return content


def longest(values: Any) -> str:
    return max(map(str, values), key=len)


def named(entries: Any, language: str) -> str:
    return longest(entry["names"].get(language) or entry["names"]["en"] for entry in entries)


def clinics_answers(language: str, doctors: list[str]) -> dict[str, str]:
    """What the demo clinic's facts and doctors make of the answers to questions."""
    facts, phone = clinic()["organization"]["facts"], formats.isolate(clinic()["organization"]["phone"], language)
    service = longest(entry["names"][language] for entry in facts["prices"]["services"])
    price = formats.isolate("–".join([formats.money(1285.5, "EUR", language)] * 2), language)
    people = ", ".join(formats.isolate(doctor, language) for doctor in doctors)
    languages = ", ".join(formats.language_name(code, language) for code in SUPPORTED_LANGUAGES)
    own = {topic: said[language] for topic, said in facts.items() if language in said and topic != "languages"}
    return own | {
        "place": named(clinic()["locations"], language),
        "number": phone,
        "email": facts["contact"]["email"],
        "website": facts["contact"]["website"],
        "link": facts["privacy"]["link"],
        "contact": "\n".join([f"{clinic()['organization']['names'][language]}: {phone}"] * 5),
        "service": service,
        "price": price,
        "prices": "\n".join([f"• {service}: {price}"] * len(facts["prices"]["services"])) + own["prices"],
        "tongue": formats.language_name("pt", language),
        "doctors": people,
        "spoken": "\n".join([facts["languages"][language], people, languages, languages]),
        "children": own["children"] + people,
        "answer": "M" * (knowledge.LONGEST_ANSWER + len(facts["privacy"]["link"]) + 40),
    }


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
        "emergency_number": longest(emergency.to_call(country, language) for country in ("AE", "US", "GB", "EG")),
        "number": "0800 111 0 111",
        "complaint": longest(triage_texts.complaint(name, language) for name in protocols()),
        "watch": longest(triage_texts.watch(name, language) for name in protocols()),
        "practitioner": isolated(longest(doctors)),
        "specialty": named(clinic()["specialties"], language),
        "location": named(places, language),
        "distance": formats.distance(1_234_567, language),
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
        **clinics_answers(language, doctors),
        "about": "hold-2147483647",
        "days": f"{longest(formats.weekday(n, language) for n in range(7))} – {longest(formats.weekday(n, language) for n in range(7))}",
        "times": f"{time}–{time}, {time}–{time}",
    }
    assert len(languages) <= 1024
    line = texts.text("utter_hours_line", language, **given)
    given |= {
        "addresses": "\n".join(f"• {given['location']}: {address}" for _ in places),
        "appointments": "\n".join([texts.text("utter_appointment_line", language, **given)] * MOST_APPOINTMENTS),
        "appointment": texts.text("utter_appointment_line", language, **given),
        "summary": texts.text("utter_summary", language, **given),
        "today": longest(texts.text(key, language, **given) for key in ("utter_open_now", "utter_closed_now")),
        "holidays": ", ".join([f"{day} ({holiday})"] * 6),
    }
    lists = {question.names for one in protocols().values() for question in one.questions if question.kind == "which"}
    titles = [[str(triage_texts.of_finding(name, language)["title"]) for name in names] for names in lists]
    given["rows"] = longest("\n".join(f"{place}. {title}" for place, title in enumerate(rows, 1)) for rows in titles)
    given["sign"] = longest(triage_texts.danger(sign, language) for sign in screen.signs())
    given |= {"speaks": texts.text("utter_practitioner_speaks", language, **{**given, "languages": languages})}
    week = f"{', '.join(formats.weekday(n, language, short=True) for n in range(5))} ({given['location']})"
    line_of_doctor = texts.text("utter_doctor_line", language, **{**given, "days": week})
    given["people"] = "\n".join([line_of_doctor] * MOST_IN_DETAIL)
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
    return GAP.sub(lambda match: values(language)[match[1]], text)


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
        ("utter_moving", "utter_ask_slot"),
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
    entities = {entry if isinstance(entry, str) else next(iter(entry)) for entry in domain["entities"]}
    for key, variation in variations("en"):
        for button in variation.get("buttons", []):
            intent, entity = re.fullmatch(r"/([a-z_]+)(?::([a-z_]+)=\S+)?", button["payload"]).groups()  # type: ignore[union-attr]
            assert intent in domain["intents"], key
            assert entity is None or entity in entities, key


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_rows_of_the_actions_fit(language: str) -> None:
    for key in ("utter_any_practitioner", "utter_more_times", "utter_practitioner_speaks"):
        assert len(GAP.sub("", responses(language)[key][0]["text"])) <= ROW, key
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
