"""What the wordings of time can begin with: a wording may be left out only where it cannot match."""

from __future__ import annotations

import re

import pytest

from nlu.times.beginnings import LENGTH, Beginnings, beginnings, shape
from nlu.times.finding import find_times
from nlu.times.folding import fold, plain
from nlu.times.grammar import grammar, written

LANGUAGES = ("en", "ar", "de", "pt", "ru")
SAID = [
    ("en", "the day after tomorrow at half past 9, or 3rd of march 2027"),
    ("de", "übermorgen um viertel nach drei, am 24.12. oder 3/4"),
    ("pt", "amanhã às 15h30, depois das duas - até sexta-feira"),
    ("ru", "послезавтра в половине третьего, 5 декабря"),
    ("ar", "بعد بكرة الساعة ٣ العصر والخميس الجاي"),
]


@pytest.mark.parametrize(
    ("pattern", "begun"),
    [
        (r"(?<!\w)(?:on )?friday(?!\w)", {"on fr", "frida"}),
        (r"at", {"at"}),
        (r"\d{1,3}h", {"0h", "00h", "000h"}),
        (r"[ab]?c+", {"c", "cc", "ccc", "cccc", "ccccc", *(f"{one}{'c' * more}" for one in "ab" for more in range(1, 5))}),
        (r"in \w+", {"in "}),
        (r"no[^.]{0,9}way", {"no", "noway"}),
        (r"(a|b)\1", {"a", "b"}),
        (r"(?i:am)", {""}),
        (r"(?:ab)??(?=c)d", {"abd", "d"}),
    ],
)
def test_beginnings(pattern: str, begun: set[str]) -> None:
    assert beginnings(re.compile(pattern), 5) == begun


def test_a_pattern_that_ignores_case_can_begin_with_anything() -> None:
    assert beginnings(re.compile("friday", re.IGNORECASE)) == {""}


def test_what_can_begin_is_found_in_the_order_given() -> None:
    found = Beginnings([(name, re.compile(name)) for name in ("monday", "mon", "tue", r"m\w+", r"1\d")])
    assert found.starting("monda") == ("monday", "mon", r"m\w+")
    assert found.starting("mo") == (r"m\w+",)
    assert found.starting("") == ()
    assert found.starting(shape("17")) == (r"1\d",)


@pytest.mark.parametrize(("language", "text"), SAID)
def test_no_wording_that_matches_is_left_out(language: str, text: str) -> None:
    rules = grammar(language)
    assert rules
    normal = fold(text).text
    matching = 0
    for place in range(len(normal)):
        kept = rules._wordings.starting(shape(normal)[place : place + LENGTH])
        for wording in rules._wordings._things:
            match = wording.pattern.match(normal, place)
            if match and match.end() > place:
                matching += 1
                assert wording in kept, (wording.pattern.pattern, normal[place:])
    assert matching > 5


@pytest.mark.parametrize("language", LANGUAGES)
def test_feasts_look_at_nothing_around_them(language: str) -> None:
    """The first look at a message leaves out what stands around; wordings that look around would see other things."""
    feasts = plain(written()[language]["feasts"])
    assert not re.search(r"\(\?[=!<]|\[\^|\\[WSDb]|(?<!\\)\.", feasts)


def test_a_feast_with_a_number_beside_it() -> None:
    assert [time.start for time in find_times("easter2027", "en")] == [0]


@pytest.mark.parametrize(
    ("text", "normal", "spans"),
    [
        ("At\t3`\n", "at 3'\n", [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6)]),
        ("ßé", "sse", [(0, 1), (0, 1), (1, 2)]),
        ("e\u0301\u200f٣", "e3", [(0, 2), (3, 4)]),
        ("", "", []),
    ],
)
def test_fold(text: str, normal: str, spans: list[tuple[int, int]]) -> None:
    folded = fold(text)
    assert (folded.text, list(folded.spans)) == (normal, spans)
