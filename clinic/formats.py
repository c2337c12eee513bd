"""Days, times and numerals the way a language writes them (Babel), in the clinic's zone.

Every function takes aware datetimes. Digits are those of the language's usual numbering (Arabic: ٠١٢٣). Languages
that are not mentioned here work too: CLDR knows their patterns; the tables only say where we want it otherwise.
"""

from __future__ import annotations

import datetime as dt
import re
from functools import lru_cache

from babel import Locale
from babel.dates import format_datetime, get_day_names
from babel.numbers import format_currency
from babel.units import format_unit

from clinic.settings import settings

TITLE = 24
_KILOMETRE = 1000

# Where people write otherwise than the language's "root" locale.
_LOCALES = {"ar": "ar_EG", "pt": "pt_BR"}
_PATTERNS = {
    "en": {"day": "EEEE, d MMMM", "short_day": "EEE d MMM", "time": "h:mm a", "date": "d MMMM y"},
}
_TIME_IN_A_SENTENCE = {"de": "{} Uhr"}
_DIGITS = {"arab": "٠١٢٣٤٥٦٧٨٩", "arabext": "۰۱۲۳۴۵۶۷۸۹", "deva": "०१२३४५६७८९", "beng": "০১২৩৪৫৬৭৮৯"}
_ARABIC_MARKS = str.maketrans(".,", "٫٬")
_ISOLATE, _POP = "\u2068", "\u2069"


@lru_cache(maxsize=32)
def _locale(language: str) -> Locale:
    return Locale.parse(_LOCALES.get(language, language))


def is_rtl(language: str) -> bool:
    """Whether the language is written from right to left."""
    return bool(_locale(language).text_direction == "rtl")


def isolate(text: str, language: str) -> str:
    """`text` (a Latin name, a phone number, an address) so that it keeps its order inside right-to-left text."""
    return f"{_ISOLATE}{text}{_POP}" if text and is_rtl(language) else text


def digits(text: str, language: str) -> str:
    """`text` with the language's own digits."""
    own = _DIGITS.get(_locale(language).default_numbering_system)
    return text.translate(str.maketrans("0123456789", own)) if own else text


def number(value: int, language: str) -> str:
    """A whole number in the language's digits."""
    return digits(str(value), language)


def distance(metres: float, language: str) -> str:
    """ "450 m", "3.2 km", "27 km": no closer than anybody wants to know it; it stays on one line."""
    locale = _locale(language)
    if metres < _KILOMETRE - 25:
        value, unit, pattern = max(50.0, 50 * round(metres / 50)), "length-meter", "0"
    else:
        value, unit = metres / _KILOMETRE, "length-kilometer"
        pattern = "0.#" if value < 10 else "#,##0"
    written = format_unit(value, unit, "short", format=pattern, locale=locale)
    own = digits(written.replace(" ", "\u00a0"), language)
    return own.translate(_ARABIC_MARKS) if is_rtl(language) else own


def money(amount: float, currency: str, language: str) -> str:
    """ "€85", "85,50 €": a whole amount without cents; it stays on one line."""
    locale = _locale(language)
    pattern = str(locale.currency_formats["standard"].pattern)
    if amount == int(amount):
        pattern = pattern.replace("0.00", "0")
    return digits(format_currency(amount, currency, pattern, locale=locale, currency_digits=False), language)


def _widen(pattern: str, weekday: str, month: str) -> str:
    """A CLDR pattern with other widths of weekday and month; what it quotes stays."""
    parts = pattern.split("'")
    for index in range(0, len(parts), 2):
        parts[index] = re.sub("[Ec]+", weekday, parts[index])
        parts[index] = re.sub("[ML]{2,}", month, parts[index])
    return "'".join(parts)


@lru_cache(maxsize=128)
def _pattern(language: str, kind: str) -> str:
    """The CLDR pattern for "day", "short_day", "number_day", "time" or "date"."""
    if kind in _PATTERNS.get(language, {}):
        return _PATTERNS[language][kind]
    locale = _locale(language)
    if kind == "time":
        return str(locale.time_formats["short"])
    if kind == "date":
        return str(locale.date_formats["long"])
    skeleton = locale.datetime_skeletons["MEd" if kind == "number_day" else "MMMEd"]
    return _widen(str(skeleton), *(("EEEE", "MMMM") if kind == "day" else ("EEE", "MMM")))


def _local(moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is None:
        raise ValueError("naive datetime: formats takes aware datetimes only")
    return moment.astimezone(settings().time_zone).replace(tzinfo=None)


def _write(local: dt.datetime, language: str, kind: str) -> str:
    written = format_datetime(local, _pattern(language, kind), locale=_locale(language))
    return digits(written.replace("\u202f", " ").replace("\u00a0", " "), language)


def comma(language: str) -> str:
    """What stands between two things in a list, with its blank."""
    return "، " if _locale(language).language in ("ar", "fa", "ur") else ", "


def day(moment: dt.datetime, language: str) -> str:
    """ "Tuesday, 24 November" """
    return _write(_local(moment), language, "day")


def day_of(value: dt.date, language: str) -> str:
    """A local date as `day` writes it."""
    return _write(dt.datetime.combine(value, dt.time()), language, "day")


def short_day(moment: dt.datetime, language: str) -> str:
    """ "Tue 24 Nov" """
    return _write(_local(moment), language, "short_day")


def clock_time(moment: dt.datetime, language: str) -> str:
    """ "15:00", in English "3:00 PM" """
    return _write(_local(moment), language, "time")


def wall_time(value: dt.time, language: str) -> str:
    """A local time (opening hours) as `clock_time` writes it."""
    return _write(dt.datetime.combine(dt.date(2000, 1, 1), value), language, "time")


def day_time(moment: dt.datetime, language: str) -> str:
    """ "Tuesday, 24 November, 3:00 PM" """
    time = _TIME_IN_A_SENTENCE.get(language, "{}").format(clock_time(moment, language))
    return day(moment, language) + comma(language) + time


def weekday(number: int, language: str, *, short: bool = False) -> str:
    """The name of a weekday (0 = Monday)."""
    return str(get_day_names("abbreviated" if short else "wide", "stand-alone", _locale(language))[number])


def date(value: dt.date, language: str) -> str:
    """ "24 November 2026"; of an aware datetime the clinic's date."""
    local = _local(value) if isinstance(value, dt.datetime) else dt.datetime.combine(value, dt.time())
    return _write(local, language, "date")


_TITLES = (("short_day", True), ("short_day", False), ("number_day", False))


def _title(local: dt.datetime, language: str, kind: str, with_comma: bool) -> str:
    separator = comma(language) if with_comma else " "
    return _write(local, language, kind) + separator + _write(local, language, "time")


@lru_cache(maxsize=32)
def _title_form(language: str) -> tuple[str, bool]:
    """The most readable way whose longest title, over a whole year, is short enough: all titles look alike."""
    # Two years: each day of the year, with a two-digit hour before or after noon.
    start = dt.datetime(2026, 1, 1, 10, 30)  # noqa: DTZ001 - local, as it is written
    sample = [start + dt.timedelta(days=n, hours=12 * (n % 2)) for n in range(730)]
    for form in _TITLES:
        if all(len(_title(local, language, *form)) <= TITLE for local in sample):
            return form
    raise ValueError(f"no slot title of at most {TITLE} characters in {language!r}")


def slot_title(moment: dt.datetime, language: str) -> str:
    """Day and time for a row of a list, at most 24 characters: "Tue 24 Nov, 3:00 PM"."""
    return _title(_local(moment), language, *_title_form(language))


def language_word(code: str, language: str) -> str:
    """How `language` calls the language `code`, as it stands inside a sentence ("немецкий")."""
    return str(Locale.parse(code).get_language_name(language) or code)


def language_name(code: str, language: str) -> str:
    """The same as it stands alone on a button ("Немецкий")."""
    name = language_word(code, language)
    return name[:1].upper() + name[1:]
