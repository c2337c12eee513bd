"""Dates, times and numerals as each language writes them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from clinic import formats
from clinic.settings import SUPPORTED_LANGUAGES, settings

MOMENT = datetime(2026, 11, 24, 14, 0, tzinfo=timezone.utc)  # 15:00 in Berlin


@pytest.mark.parametrize(
    ("language", "day", "clock"),
    [
        ("en", "Tuesday, 24 November", "3:00 PM"),
        ("ar", "الثلاثاء، ٢٤ نوفمبر", "٣:٠٠ م"),
        ("de", "Dienstag, 24. November", "15:00"),
        ("pt", "terça-feira, 24 de novembro", "15:00"),
        ("ru", "вторник, 24 ноября", "15:00"),
    ],
)
def test_day_and_time(language: str, day: str, clock: str) -> None:
    assert formats.day(MOMENT, language) == day
    assert formats.clock_time(MOMENT, language) == clock
    assert formats.day_time(MOMENT, language).startswith(day)
    assert clock in formats.day_time(MOMENT, language)


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Tue 24 Nov, 3:00 PM"),
        ("de", "Di., 24. Nov., 15:00"),
        ("pt", "ter., 24 de nov., 15:00"),
        ("ru", "вт, 24 нояб., 15:00"),
        ("ar", "الثلاثاء، ٢٤\u200f/١١ ٣:٠٠ م"),
    ],
)
def test_slot_titles(language: str, title: str) -> None:
    assert formats.slot_title(MOMENT, language) == title


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_slot_titles_fit_a_row_on_every_day_of_years(language: str) -> None:
    for offset in range(366 * 2):
        for hour, minute in ((8, 0), (12, 55), (23, 45)):
            moment = datetime(2026, 11, 1, hour, minute, tzinfo=ZoneInfo("Europe/Berlin")) + timedelta(days=offset)
            assert len(formats.slot_title(moment, language)) <= 24


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_slot_titles_of_a_day_differ(language: str) -> None:
    """Morning and evening of one day are two titles: nothing is cut away."""
    start = datetime(2026, 11, 24, 0, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    titles = {formats.slot_title(start + timedelta(minutes=5 * n), language) for n in range(288)}
    assert len(titles) == 288


def test_dates() -> None:
    born = date(1985, 3, 12)
    assert [formats.date(born, code) for code in ("en", "ar", "de", "pt", "ru")] == [
        "12 March 1985", "١٢ مارس ١٩٨٥", "12. März 1985", "12 de março de 1985", "12 марта 1985 г.",
    ]  # fmt: skip


def test_the_clinics_zone_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    late = datetime(2026, 11, 24, 23, 30, tzinfo=timezone.utc)
    assert formats.short_day(late, "en") == "Wed 25 Nov"
    assert formats.date(late, "en") == "25 November 2026"
    monkeypatch.setenv("CLINIC_TIMEZONE", "America/Sao_Paulo")
    settings.cache_clear()
    assert formats.day_time(late, "pt") == "terça-feira, 24 de novembro, 20:30"


def test_naive_times_are_refused() -> None:
    with pytest.raises(ValueError, match="aware"):
        formats.day(datetime(2026, 11, 24, 15, 0), "en")


def test_weekdays_and_wall_times() -> None:
    assert formats.weekday(0, "de") == "Montag"
    assert formats.weekday(6, "ar") == "الأحد"
    assert formats.wall_time(time(8, 30), "ar") == "٨:٣٠ ص"
    assert formats.wall_time(time(14), "en") == "2:00 PM"
    assert formats.day_of(date(2026, 12, 25), "en") == "Friday, 25 December"


def test_numerals() -> None:
    assert formats.number(2026, "ar") == "٢٠٢٦"
    assert formats.number(2026, "ru") == "2026"


def test_latin_names_are_isolated_in_arabic_only() -> None:
    assert formats.isolate("Dr. Anna Weber", "ar") == "\u2068Dr. Anna Weber\u2069"
    assert formats.isolate("Dr. Anna Weber", "de") == "Dr. Anna Weber"
    assert formats.isolate("", "ar") == ""


@pytest.mark.parametrize("language", ["es", "fr", "tr", "hi", "uk"])
def test_a_new_language_needs_no_code(language: str) -> None:
    assert formats.day_time(MOMENT, language)
    assert len(formats.slot_title(MOMENT, language)) <= 24


@pytest.mark.parametrize(
    ("amount", "currency", "language", "written"),
    [
        (85, "EUR", "en", "€85"),
        (85.0, "EUR", "en", "€85"),
        (1285.5, "EUR", "en", "€1,285.50"),
        (85.5, "EUR", "de", "85,50\u00a0€"),
        (120, "BRL", "pt", "R$\u00a0120"),
        (120, "EUR", "ru", "120\u00a0€"),
        (120, "EGP", "ar", "\u200f١٢٠\u00a0ج.م.\u200f"),
        (0, "EUR", "de", "0\u00a0€"),
    ],
)
def test_money(amount: float, currency: str, language: str, written: str) -> None:
    assert formats.money(amount, currency, language) == written


def test_a_language_inside_a_sentence_and_alone() -> None:
    assert (formats.language_word("de", "ru"), formats.language_name("de", "ru")) == ("немецкий", "Немецкий")
    assert formats.language_word("de", "en") == "German"
