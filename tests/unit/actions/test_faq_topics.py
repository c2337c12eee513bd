"""Each topic's answer from the clinic's own data, and no answer where there are none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from actions.faq import ANSWERS, AnswerFaq
from clinic import clock, contacts, database
from clinic.models import Organization
from clinic.settings import SUPPORTED_LANGUAGES
from connectors.whatsapp.outbound import TEXT
from tests.support import databases, surroundings
from tests.support.conversations import Conversation, time, understood

Meet = Callable[..., Conversation]


def asks(chat: Conversation, topic: str, text: str = "?", **message: object) -> Conversation:
    chat.hears(text, "faq", topic=f"faq/{topic}", **message).run(AnswerFaq())  # type: ignore[arg-type]
    return chat


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Conversation]:
    """A clinic of which nothing is known but its name."""
    with databases.fresh("sqlite", tmp_path):
        clock.freeze(clock.parse_instant(surroundings.SUNDAY))
        with database.transaction() as session:
            session.add(Organization(identifier="bare", names={"en": "Bare"}, facts={}))
            contact_id = contacts.by_address(session, phone="+4915200000001").id
        yield Conversation(contact_id)


def test_no_topic_has_an_answer_without_a_fact(bare: Conversation) -> None:
    for key in ANSWERS:
        asks(bare, key.removeprefix("faq/"))
        assert (key, bare.keys, bare.slots["offer"]) == (key, ["utter_faq_no_answer"], "person")


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_the_demo_clinic_answers_every_topic(meet: Meet, language: str) -> None:
    chat = meet(language)
    for key in ANSWERS:
        asks(chat, key.removeprefix("faq/"))
        assert chat.keys[0] == f"utter_{key}"
        assert "{" not in chat.text and "None" not in chat.text
        assert 40 < len(chat.said[0].text) < TEXT / 2, key


# ── opening hours of a day ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "language", "says"),
    [
        ("open on saturday?", "en", "*Saturday, 28 November*\nSalama Kreuzberg: 9:00 AM–1:00 PM\nSalama Neukölln: closed\n"),
        ("are you open on sunday", "en", "We are closed on Sunday, 29 November.\n"),
        ("on 24 december?", "en", "We are closed on Thursday, 24 December (Christmas Eve).\n"),
        ("haben Sie am Donnerstag offen?", "de", "*Donnerstag, 26. November*\nSalama Kreuzberg: 08:00–13:00, 14:00–18:00\nSalama Neukölln: 09:00–19:00\n"),
        ("в субботу работаете?", "ru", "*Суббота, 28 ноября*\n"),
    ],
)  # fmt: skip
def test_a_day_that_is_named_comes_first(meet: Meet, text: str, language: str, says: str) -> None:
    said = asks(meet(language), "opening_hours", text, entities=time(text, language)).said[0].text
    assert said.startswith(says)
    assert said.count("\n\n") == 1, "then the week, as always"


def test_two_days_and_the_same_day_twice(chat: Conversation) -> None:
    text = "tomorrow or on tuesday? I mean tomorrow"
    said = asks(chat, "opening_hours", text, entities=time(text)).text
    assert said.count("*Monday, 23 November*") == said.count("*Tuesday, 24 November*") == 1


@pytest.mark.parametrize("text", ["at 9?", "next week", "yesterday", "in december"])
def test_what_names_no_single_day_to_come(chat: Conversation, text: str) -> None:
    assert asks(chat, "opening_hours", text, entities=time(text)).text.startswith("We are closed now.")


def test_the_day_on_which_the_clocks_change_is_one_day(chat: Conversation) -> None:
    clock.freeze(clock.parse_instant("2027-10-29T10:00:00+02:00"))
    said = asks(chat, "opening_hours", "on sunday?", entities=time("on sunday?")).text
    assert said.startswith("We are closed on Sunday, 31 October.")


# ── prices ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "language", "first"),
    [
        ("how much is a cleaning", "en", "*Professional teeth cleaning: €89*"),
        ("What does an ECG cost?", "en", "*ECG: €35*"),
        ("was kostet eine zahnreinigung", "de", "*Professionelle Zahnreinigung: 89\u00a0€*"),
        ("quanto custa o ultrassom", "pt", "*Ultrassom: €\u00a060–€\u00a090*"),
        ("сколько стоит чистку сделать", "ru", "*Чистка зубов: 89\u00a0€*"),
        ("بكام تنظيف الأسنان", "ar", "*تنظيف الأسنان: \u2068\u200f٨٩\u00a0€\u2069*"),
    ],
)
def test_a_service_that_is_named_comes_first(meet: Meet, text: str, language: str, first: str) -> None:
    lines = asks(meet(language), "prices", text).text.split("\n")
    assert lines[:2] == [first, ""]
    assert sum(first.strip("*") in line for line in lines) == 1


@pytest.mark.parametrize("text", ["what are your prices", "how much", "/faq"])
def test_no_service_named_is_the_list_and_the_note(chat: Conversation, text: str) -> None:
    said = asks(chat, "prices", text).text
    assert said.startswith("• GP consultation: €45\n")
    assert "\n\nThese are the prices for patients who pay themselves." in said


# ── people and ways to reach them ────────────────────────────────────────────────────────────────────


def test_languages_are_those_of_the_doctors_and_the_reception(chat: Conversation) -> None:
    said = asks(chat, "languages").text.split("\n")
    assert said[:2] == [
        "Our doctors speak German, English, Arabic, Russian, Portuguese.",
        "At the reception we speak German, English, Arabic, Turkish, Russian.",
    ]


def test_a_language_that_is_named_says_who_speaks_it(meet: Meet) -> None:
    said = asks(meet(), "languages", "does anybody speak Portuguese", entities=understood("does anybody speak Portuguese"))
    assert said.text.startswith("Portuguese: Dr. João Silva, Dr. Beatriz Almeida\n")
    said = asks(meet("ru"), "languages", "кто говорит по-русски", entities=understood("кто говорит по-русски", "ru"))
    assert "д-р Елена Петрова" in said.text.split("\n")[0]


def test_a_language_that_nobody_speaks_is_not_promised(chat: Conversation) -> None:
    asks(chat, "languages", "French?", language="fr")
    assert "French" not in chat.text


def test_children_are_seen_by_the_paediatricians(chat: Conversation) -> None:
    said = asks(chat, "children").text
    assert "• Dr. Elena Petrova (Russian, German, English)" in said and "from birth" in said
    with database.transaction() as session:
        organization = session.query(Organization).one()
        organization.facts = {}
    assert asks(chat, "children").text.endswith("• Dr. Lukas Brandt (German, English)")


def test_contact_is_every_number_the_mail_and_the_page(chat: Conversation) -> None:
    said = asks(chat, "contact").text
    assert "📞 Salama Clinic: +49\u00a030\u00a023125\u00a0100" in said and "📞 Salama Neukölln: " in said
    assert "praxis@salama-clinic.example" in said and "https://salama-clinic.example" in said


def test_an_approved_link_is_a_line_of_its_own(chat: Conversation) -> None:
    assert asks(chat, "privacy").text.endswith("\nRead more: https://salama-clinic.example/privacy")
    assert "http" not in asks(chat, "parking").text
