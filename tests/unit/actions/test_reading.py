"""Dates of birth in many writings, and choices from a list by hour or number."""

from __future__ import annotations

from datetime import date

import pytest

from actions.booking.reading import birth_date, chosen_key, numeric_date
from clinic import clock
from tests.support.conversations import time

BORN = date(1985, 5, 24)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        *[("en", "24.05.1985"), ("en", "24/5/1985"), ("en", "24-05-1985"), ("en", "24 05 1985"), ("en", "1985-05-24")],
        *[("en", "1985/05/24"), ("en", "24.5.85"), ("en", "24/05/85"), ("en", "24 . 5 . 1985"), ("ar", "٢٤/٥/١٩٨٥")],
        *[("ar", "٢٤-٠٥-١٩٨٥"), ("ar", "۲۴/۵/۱۹۸۵"), ("en", "born 24.05.1985, in Berlin"), ("en", "２４/０５/１９８５")],
        *[("en", "24 May 1985"), ("en", "May 24th, 1985"), ("en", "the 24th of May 1985"), ("en", "24 may 1985 please")],
        *[
            ("de", "24. Mai 1985"),
            ("de", "am 24. Mai 1985 geboren"),
            ("pt", "24 de maio de 1985"),
            ("ru", "24 мая 1985 года"),
        ],
        *[("ru", "24 мая 1985"), ("ar", "٢٤ مايو ١٩٨٥"), ("ar", "24 مايو 1985")],
    ],
)
def test_one_date_of_birth_in_many_writings(language: str, text: str) -> None:
    assert birth_date(text, time(text, language)) == BORN


@pytest.mark.parametrize(
    ("language", "text", "born"),
    [
        ("en", "9 Sept 92", date(1992, 9, 9)),
        ("en", "born March 4 1961", date(1961, 3, 4)),
        ("en", "march fourth nineteen sixty one", date(1961, 3, 4)),
        ("en", "she was born on 3 May 26", date(2026, 5, 3)),
        ("de", "geb. 9. Sept. 92", date(1992, 9, 9)),
        ("de", "am dritten März achtundsiebzig", date(1978, 3, 3)),
        ("pt", "2/fev/88", date(1988, 2, 2)),
        ("pt", "dois de fevereiro de oitenta e oito", date(1988, 2, 2)),
        ("ru", "20 марта 75", date(1975, 3, 20)),
        ("ru", "двадцатого марта семьдесят пятого года", date(1975, 3, 20)),
        ("ar", "من مواليد 1975/3/20", date(1975, 3, 20)),
        ("ar", "واحد يناير الفين وعشرة", date(2010, 1, 1)),
    ],
)
def test_dates_of_birth_as_they_are_spoken(language: str, text: str, born: date) -> None:
    assert birth_date(text, time(text, language)) == born


@pytest.mark.parametrize(
    ("text", "born"),
    [
        ("1.2.26", date(2026, 2, 1)),  # this year's baby
        ("1.2.27", date(1927, 2, 1)),
        ("1.2.00", date(2000, 2, 1)),
        ("1.2.99", date(1999, 2, 1)),
        ("29.02.2024", date(2024, 2, 29)),
    ],
)
def test_two_digit_years_lie_in_the_past(text: str, born: date) -> None:
    assert numeric_date(text) == born


def test_the_century_goes_by_the_clinics_calendar() -> None:
    clock.freeze(clock.parse_instant("2026-12-31T23:30:00+00:00"))  # 2027 in Berlin
    assert numeric_date("1.1.27") == date(2027, 1, 1)


@pytest.mark.parametrize(
    "text",
    [
        "31.02.1985",
        "24.13.1985",
        "0.5.1985",
        "32.1.1985",
        "29.02.2023",
        "1985",
        "24.05.",
        "24 May",
        "yesterday",
        "",
        "+49 30 23125 100",
    ],
)
def test_impossible_or_incomplete_dates(text: str) -> None:
    assert birth_date(text, time(text)) is None


def test_a_year_without_its_day_is_no_date() -> None:
    assert birth_date("May 1985", time("May 1985")) is None
    assert birth_date("tomorrow, I am from 1985", time("tomorrow, I am from 1985")) is None


# Tuesday 24 November, Berlin: 9:00, 9:20, 10:00, 14:20, 15:00
HOURS = {"9:00": "0800", "9:20": "0820", "10:00": "0900", "14:20": "1320", "15:00": "1400"}
KEYS = [f"1.1.1.20261124{utc}" for utc in HOURS.values()]
OF = dict(zip(HOURS, KEYS, strict=True))


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        *[("9:20", "9:20"), ("9.20", "9:20"), ("9h20", "9:20"), ("at 09:20 please", "9:20"), ("٩:٢٠", "9:20")],
        *[("2:20", "14:20"), ("14:20", "14:20"), ("10", "10:00"), ("um 10 Uhr", "10:00"), ("às 10h", "10:00")],
        *[("3", "15:00"), ("15", "15:00"), ("at 3", "15:00"), ("٣", "15:00"), ("9", "9:00"), ("в 10", "10:00")],
        # no slot at that hour: the place in the list
        *[("1", "9:00"), ("2", "9:20"), ("٢", "9:20"), ("4", "14:20"), ("number 5", "15:00"), ("5.", "15:00")],
    ],
)
def test_a_choice_by_hour_or_by_place(text: str, hour: str) -> None:
    assert chosen_key(text, KEYS) == OF[hour]


@pytest.mark.parametrize(
    "text",
    [
        "6",
        "0",
        "99",
        "16:00",
        "9:25",
        "",
        "tomorrow",
        "2 or 3",
        "I was there on the 2nd of May with my son",
        "24.05.1985",
        "👍",
    ],
)
def test_no_choice(text: str) -> None:
    assert chosen_key(text, KEYS) is None


def test_words_that_name_a_time_never_mean_a_row() -> None:
    assert chosen_key("at 2", KEYS, names_time=True) is None
    assert chosen_key("at 3", KEYS, names_time=True) == OF["15:00"]
    assert chosen_key("2", []) is None


def test_the_first_of_several_at_the_same_hour() -> None:
    assert chosen_key("9", ["2.1.1.202611240800", "3.1.1.202611240800"]) == "2.1.1.202611240800"
