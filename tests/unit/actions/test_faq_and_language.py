"""Questions answered from the clinic's data in every language, and the language itself."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.fallback import Fallback
from actions.faq import AnswerFaq
from actions.languages import ChangeLanguage
from actions.social import Help
from clinic import clock, contacts, database, formats
from clinic.models import Organization
from clinic.settings import SUPPORTED_LANGUAGES, settings
from tests.support.conversations import Conversation, understood

Meet = Callable[..., Conversation]
SAID = {
    "faq/opening_hours": {"en": "Monday – Friday", "ar": "الاثنين – الجمعة", "de": "Montag – Freitag", "pt": "segunda-feira – sexta-feira", "ru": "понедельник – пятница"},
    "faq/location": dict.fromkeys(SUPPORTED_LANGUAGES, "Salamaweg 12, 10999 Berlin"),
    "faq/insurance": {"en": "Health Insurance", "ar": "EHIC", "de": "Krankenkassen", "pt": "seguros", "ru": "страховки"},
    "faq/documents": {"en": "passport", "ar": "جواز", "de": "Pass", "pt": "passaporte", "ru": "паспорт"},
}  # fmt: skip


def asks(chat: Conversation, topic: str) -> Conversation:
    chat.hears("?", "faq", topic=topic).run(AnswerFaq())
    return chat


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
@pytest.mark.parametrize("topic", SAID)
def test_answers_come_from_the_database(meet: Meet, topic: str, language: str) -> None:
    chat = asks(meet(language), topic)
    assert SAID[topic][language] in chat.text
    assert chat.keys[0] == f"utter_{topic}" and "{" not in chat.text
    assert chat.slots.get("offer") is None


@pytest.mark.parametrize(
    ("now", "language", "says"),
    [
        ("2026-11-22T10:00:00+01:00", "en", "closed now. We open again: Monday, 23 November, 8:00 AM"),
        ("2026-11-23T10:00:00+01:00", "en", "open now, until 5:00 PM"),  # Kreuzberg till 13, Neukölln till 17
        ("2026-11-23T17:30:00+01:00", "en", "open now, until 6:00 PM"),
        ("2026-11-23T18:00:00+01:00", "en", "closed now. We open again: Tuesday, 24 November, 8:00 AM"),
        ("2026-11-28T14:00:00+01:00", "en", "Monday, 30 November"),  # Saturday afternoon
        ("2026-12-24T10:00:00+01:00", "en", "Monday, 28 December"),
        ("2026-11-23T10:00:00+01:00", "de", "17:00"),
        ("2026-11-23T10:00:00+01:00", "ar", "٥:٠٠"),
    ],
)
def test_open_or_closed_now(meet: Meet, now: str, language: str, says: str) -> None:
    clock.freeze(clock.parse_instant(now))
    assert says in asks(meet(language), "faq/opening_hours").text


def test_holidays_soon_are_named_and_far_ones_are_not(meet: Meet) -> None:
    text = asks(meet(), "faq/opening_hours").text
    for holiday in ("24 December", "Christmas Eve", "25 December", "31 December", "1 January"):
        assert holiday in text
    assert "Women" not in text
    clock.freeze(clock.parse_instant("2027-06-01T10:00:00+02:00"))
    assert "Closed on" not in asks(meet(), "faq/opening_hours").text


def test_every_place_gets_a_pin(chat: Conversation) -> None:
    pins = [said.location for said in asks(chat, "faq/location").said if said.location]
    assert [(pin["name"], pin["latitude"]) for pin in pins] == [
        ("Salama Kreuzberg", 52.49881),
        ("Salama Neukölln", 52.48617),
    ]


def test_latin_addresses_keep_their_order_in_arabic(meet: Meet) -> None:
    assert "\u2068Salamaweg 12, 10999 Berlin\u2069" in asks(meet("ar"), "faq/location").text


@pytest.mark.parametrize("topic", ["faq/horoscope", None])
def test_no_answer_is_made_up(chat: Conversation, topic: str | None) -> None:
    asks(chat, topic)  # type: ignore[arg-type]
    assert (chat.keys, chat.slots["offer"]) == (["utter_faq_no_answer"], "person")


def test_no_text_in_this_language_is_no_answer(meet: Meet, clinic: str) -> None:
    with database.transaction() as session:
        organization = session.query(Organization).one()
        organization.facts = {"insurance": {"de": "Alle Kassen"}}
    assert asks(meet("de"), "faq/insurance").keys == ["utter_faq/insurance"]
    assert asks(meet("ar"), "faq/insurance").keys == ["utter_faq_no_answer"]


def test_inside_a_form_without_buttons(chat: Conversation) -> None:
    chat.weber()
    asks(chat, "faq/horoscope")
    assert chat.keys == [""] and chat.slots["offer"] == "person"


def test_the_emergency_number_is_the_clinics(meet: Meet, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = meet()
    chat.hears("a").run(Fallback())
    assert "112" in chat.text
    monkeypatch.setenv("CLINIC_EMERGENCY_NUMBER", "192")
    settings.cache_clear()
    other = meet()
    other.hears("a").run(Fallback())
    assert "192" in other.text


# ── the language ─────────────────────────────────────────────────────────────────────────────────────


def stored(chat: Conversation) -> str | None:
    with database.read() as session:
        return contacts.get(session, chat.contact_id).language


@pytest.mark.parametrize(
    ("language", "text", "wish"),
    [
        ("en", "can we speak German?", "de"),
        ("en", "German instead of English please", "de"),
        ("en", "not English, Portuguese please", "pt"),
        ("de", "lieber auf Arabisch", "ar"),
        ("ar", "بالروسي من فضلك", "ru"),
        ("ru", "можно по-русски?", "ru"),
        ("pt", "em inglês, não em português", "en"),
    ],
)
def test_a_language_that_is_spoken(meet: Meet, language: str, text: str, wish: str) -> None:
    chat = meet(language)
    events = chat.hears(text, "change_language", entities=understood(text, language)).run(ChangeLanguage())
    assert [(e["name"], e["value"]) for e in events] == [("language_choice", wish)]
    assert stored(chat) == wish
    assert chat.keys == ["utter_language_changed"]
    chat.hears("help", "help").run(Help())
    assert chat.text.startswith({"de": "Ich", "ar": "يمكن", "ru": "Я ", "en": "I ", "pt": "Posso"}[wish]), "from now on"


def test_it_holds_at_once_and_in_the_form(chat: Conversation) -> None:
    chat.weber()
    chat.hears("Deutsch", "change_language", entities=understood("Deutsch", "de"))
    chat.goes_on()
    assert chat.rejected
    chat.run(ChangeLanguage())
    assert "Deutsch" in chat.text
    chat.answers("xyz")
    assert "Termin" in chat.text or "Zeiten" in chat.text
    assert chat.buttons[0]["title"] == formats.slot_title(clock.parse_instant("2026-11-23T08:00:00+01:00"), "de")


def test_a_language_that_is_not_spoken(chat: Conversation) -> None:
    chat.hears("parlez-vous français?", "change_language", entities=understood("français")).run(ChangeLanguage())
    assert (chat.keys, chat.slots["offer"], stored(chat)) == (["utter_language_not_spoken"], "person", None)
    assert "French" in chat.text


@pytest.mark.parametrize("languages", ["en,de", "en,ar,de,pt,ru"])
def test_no_language_named_shows_them_in_their_own_words(
    meet: Meet, languages: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINIC_LANGUAGES", languages)
    settings.cache_clear()
    chat = meet("de")
    chat.hears("eine andere Sprache", "change_language").run(ChangeLanguage())
    own = {"en": "English", "ar": "العربية", "de": "Deutsch", "pt": "Português", "ru": "Русский"}
    assert chat.said[-1].titles == [own[code] for code in languages.split(",")]
    chat.taps(chat.buttons[0]).run(ChangeLanguage())
    assert stored(chat) == "en"


def test_a_clinic_that_does_not_speak_it_any_more(meet: Meet, monkeypatch: pytest.MonkeyPatch) -> None:
    chat = meet("de")
    monkeypatch.setenv("CLINIC_LANGUAGES", "en,de")
    settings.cache_clear()
    chat.hears("عربي", "change_language", language="ar").run(ChangeLanguage())
    assert chat.keys == ["utter_language_not_spoken"]
