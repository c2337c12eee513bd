"""The pieces that the wordings of `nlu/times.yml` are made of ({h}, {weekday}, {y} …) as regular expressions."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Sequence

from nlu.times.folding import plain

# Tens that units stand beside in hours, minutes and days of the month.
TENS = range(20, 51)
LAST_HOUR_WORD = 20
Numbers = Mapping[int, str]


def choice(patterns: Sequence[str]) -> str:
    """Any of the patterns, long ones first."""
    return "|".join(sorted(patterns, key=len, reverse=True))


def _compounds(units: Numbers, tens: Numbers, joint: str) -> List[str]:
    """ "Twenty five" and "fünfundzwanzig"."""
    unit = choice([said for value, said in units.items() if value < 10])
    ten = choice([said for value, said in tens.items() if value in TENS])
    return [f"(?:{ten})(?:{joint})(?:{unit})", f"(?:{unit})(?:{joint})(?:{ten})"]


def _year(numbers: Numbers, ordinals: Numbers) -> str:
    number = choice([*numbers.values(), *ordinals.values()])
    four, two = r"(?:19|20)\d\d(?!\d)", r"'?\d\d(?!\d)(?! ?[:.]\d|:| ?(?:uhr|h)\b)"
    spoken = f"(?:{number})(?:[\\s-]?(?:(?:and|und|e|و)\\s?)?(?:{number})){{0,6}}"
    return f"(?P<y>{four}|{two}|{spoken})"


def pieces(written: Mapping[str, Any], numbers: Numbers, ordinals: Numbers) -> Dict[str, str]:
    """Name → regular expression, for one language."""
    joint, not_hours = written["joint"], f"(?!(?:{plain(written['not_hours'])})(?!\\w))"
    counted = "|".join(
        [*_compounds(numbers, numbers, joint), choice([said for value, said in numbers.items() if value <= TENS[-1]])]
    )
    ordinal = "|".join(
        [
            *_compounds(ordinals, numbers, joint),
            *_compounds(numbers, ordinals, joint),
            choice(list(ordinals.values())),
        ]
    )
    hours = [said for value, said in numbers.items() if value <= LAST_HOUR_WORD]
    hours += [plain(written["ordinal_hours"])] if "ordinal_hours" in written else []
    day, month_number = r"3[01]|[12]\d|0?[1-9](?!\d)", r"1[0-2]|0?[1-9]"
    return {
        "h": f"(?P<h>(?:2[0-4]|1\\d|0?\\d)(?!\\d)|{not_hours}(?:{choice(hours)}))",
        "mm": r"(?P<mm>[0-5]\d)(?!\d)",
        "m": f"(?P<m>[0-5]?\\d(?!\\d)|{counted})",
        "n": f"(?P<n>\\d{{1,3}}|{counted})",
        "d": f"(?P<d>{day}|{not_hours}(?:{ordinal}|{counted}))",
        "dd": f"(?P<d>{day})",
        "dw": f"(?P<d>{ordinal})",
        "o": f"(?P<o>{ordinal})",
        "mon": f"(?P<mon>{month_number})(?!\\d)",
        "y": _year(numbers, ordinals),
        "year": r"(?P<y>(?:19|20)\d\d)(?!\d)",
        "iso": rf"(?P<y>(?:19|20)\d\d)[-/.](?P<mon>{month_number})[-/.](?P<d>{day})",
        "weekday": f"(?P<weekday>{choice([plain(said) for said in written['weekdays']])})",
        "month": f"(?P<month>{choice([plain(said) for said in written['months']])})",
        "ap": written["ap"],
    }
