"""How an answer in words begins and what it says as a whole: yes, no, not now, "only the third", "none of that".

Words: the section `replies` of `said/<language>.yml`. Which rows of a list it names is `clinic.triage.listed`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from clinic.triage import reading
from clinic.triage.lexicon import Hit, Lexicon
from clinic.triage.tokens import Token, tokens
from clinic.vocabulary import normalise

# "None of that" is meant wherever it stands, from so many words on.
WHOLE_NO = 3
PARTS = ("no", "no_alone", "whole_no", "yes", "agrees", "not_now", "rest", "only", "no_row")
_ROWS = re.compile(r"\d{1,2}(?:[.,/+&-]\d{1,2})*")
_MARKS = ".,;:!?()،؛؟"


@lru_cache(maxsize=16)
def lexicon(language: str) -> Lexicon:
    """What begins an answer, and rows; a slip is not forgiven: the words are short."""
    said = reading.sections(language)["replies"]
    concepts = {name: list(said[name]) for name in PARTS}
    concepts |= {f"rows {number}": list(words) for number, words in said["rows"].items()}
    return Lexicon(concepts, exact="")


@dataclass(frozen=True)
class Reply:
    """How an answer begins and what it says of the list as a whole."""

    no: bool
    yes: bool
    not_now: bool
    rest: bool
    agrees: bool
    nothing: bool
    only: bool
    ends_with_no: bool
    begins_with_only: bool


def reply(text: str, language: str) -> Reply:
    """How `text` begins (`no`, `yes`, `agrees`) and what it says of a list as a whole.

    `nothing`: "none of that" somewhere; `rest`: what is not named is not so; `only`: there is an exception;
    `ends_with_no`: "I am a man, none"; `begins_with_only`: "only on the stairs".
    """
    message = tokens(text)
    hits = lexicon(language).find(message)
    around = reading.words_around(language)
    begins = {hit.concept: hit for hit in hits if all(token.text in around for token in message[: hit.first])}
    no, alone = begins.get("no"), begins.get("no_alone")
    whole = alone is not None and _ends_a_clause(alone, message)
    # "No idea" is none.
    unknown = {place for hit in reading.lexicon(language).find(message) if hit.concept == "unknown" for place in hit.places}
    agreed = begins.get("agrees")
    # Nor is "no problem" a no.
    if no is not None and agreed is not None and set(no.places) < set(agreed.places):
        no = None
    says_no = (no is not None and not unknown & set(no.places)) or (whole and not unknown)
    found = {hit.concept for hit in hits}
    says_yes = "yes" in begins and not says_no
    agrees = says_yes or ("agrees" in begins and not says_no)
    nothing = any(hit.concept == "whole_no" or (hit.concept == "no" and len(hit.places) >= WHOLE_NO) for hit in hits)
    # "None of these only": behind the last word there is no exception.
    only = any(hit.concept == "only" and hit.last + 1 < len(message) for hit in hits)
    ends = _ends_with_a_no(hits, message)
    first = "only" in begins
    return Reply(says_no, says_yes, "not_now" in found, "rest" in found, agrees, nothing, only, ends, first)


def _ends_with_a_no(hits: Sequence[Hit], message: Sequence[Token]) -> bool:
    """Whether a no is the last clause by itself: "I am a man, none", "pale, yes, nothing of that"."""
    last = [place for place, token in enumerate(message) if token.clause == message[-1].clause]
    denied = {place for hit in hits if hit.concept in ("no", "no_alone") for place in hit.places}
    return 0 < len(last) < len(message) and denied >= set(last)


def _ends_a_clause(hit: Hit, message: Sequence[Token]) -> bool:
    return hit.last + 1 == len(message) or message[hit.last + 1].clause != message[hit.last].clause


def rows(text: str, language: str, count: int) -> tuple[int, ...]:
    """The rows of a list of `count` that are meant by their numbers, from 0: "2", "number 3 and 8", "only the second"."""
    message = tokens(text)
    ordinals = _of_rows(lexicon(language).find(message), message, language)
    spelt = [int(hit.concept.removeprefix("rows ")) for hit in ordinals]
    found = [*_numbered(text, language, count), *spelt]
    return tuple(dict.fromkeys(number - 1 for number in found if 1 <= number <= count))


def _numbered(text: str, language: str, count: int) -> list[int]:
    """Free-standing numbers at the beginning, but for the words that lead up to one; no amounts, measures or hours.

    Words as they are written, not as `tokens` cuts them: "3andi" and "la2" hold no number.
    """
    words = [word.strip(_MARKS) for word in normalise(text).split()]
    leading, counted = _single_words(language, "row"), _single_words(language, "no_row")
    denials = {word for section in ("no", "no_alone") for word in _single_words(language, section) if " " not in word}
    found: list[int] = []
    for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
        if _ROWS.fullmatch(word) and after in denials:  # "1 no, 3 yes"
            continue
        if word in denials and _ROWS.fullmatch(before):
            continue
        if _ROWS.fullmatch(word) and after not in counted and not _is_unit(after, language):
            numbers = [int(number) for number in re.findall(r"\d+", word)]
            if max(numbers) > count:
                break
            found += numbers
        elif word and word not in leading:
            break
    return found


@lru_cache(maxsize=32)
def _single_words(language: str, section: str) -> frozenset[str]:
    return frozenset(normalise(str(word)) for word in reading.sections(language)["replies"][section])


def _is_unit(word: str, language: str) -> bool:
    return any(hit.concept.startswith("units ") for hit in reading.lexicon(language).find(tokens(word)))


def _of_rows(hits: Sequence[Hit], message: Sequence[Token], language: str) -> list[Hit]:
    """Ordinals that begin an answer ("none... well, the first perhaps"); later they are anything: the fifth month."""
    counted = {hit.first for hit in hits if hit.concept == "no_row"}
    answers = {place for hit in hits if hit.concept in ("no", "yes", "only", "agrees") for place in hit.places}
    leading = {*_single_words(language, "row"), *reading.words_around(language)}
    return [
        hit
        for hit in hits
        if hit.concept.startswith("rows ")
        and not {hit.first - 1, hit.last + 1} & counted
        and all(place in answers or message[place].text in leading for place in range(hit.first))
    ]


def excepted(text: str, language: str) -> int:
    """How many words stand behind the first "only" or "but"."""
    message = tokens(text)
    firsts = [hit.last for hit in lexicon(language).find(message) if hit.concept == "only"]
    return len(message) - 1 - min(firsts) if firsts else 0
