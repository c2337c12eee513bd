"""What an answer in words says: yes, no, not now, "only the third", "the stiff neck, the rest no".

Words: the section `replies` of `said/<language>.yml`, and for the signs of a list `said/signs/<language>.yml`, whose
`asked` words mean a sign only while the list with it is on the screen.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from clinic.triage import context, reading, texts
from clinic.triage.conditions import Value
from clinic.triage.lexicon import Hit, Lexicon
from clinic.triage.tokens import Token, tokens
from clinic.vocabulary import normalise

# "None of that" is meant wherever it stands, from so many words on.
WHOLE_NO = 3
# So many words say something.
UNREAD_FROM = 3
# So many denied signs are an answer to the whole list.
DENIED_ALL = 2
PARTS = ("no", "no_alone", "whole_no", "yes", "agrees", "not_now", "rest", "only", "no_row")
_ROWS = re.compile(r"\d{1,2}(?:[.,/+&-]\d{1,2})*")
_MARKS = ".,;:!?()،؛؟"
_ASKED = "asked "
# Of words with so many letters one or two may be another ending.
SHORTEST_WORD, ENDINGS_FROM = 3, (4, 6)


@lru_cache(maxsize=16)
def _lexicon(language: str) -> Lexicon:
    """What begins an answer, and rows; a slip is not forgiven: the words are short."""
    said = reading.sections(language)["replies"]
    concepts = {name: list(said[name]) for name in PARTS}
    concepts |= {f"rows {number}": list(words) for number, words in said["rows"].items()}
    return Lexicon(concepts, exact="")


@lru_cache(maxsize=16)
def _asked(language: str) -> Lexicon:
    """The words of signs that are on the screen, and what denies them."""
    concepts = {f"{_ASKED}{name}": words for name, words in reading.sign_words(language, "asked").items()}
    right, denials = reading.right(language), reading.denials(language)
    return Lexicon({**concepts, **reading.cues(language)}, right, exact=context.PREFIX, denials=denials)


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
    hits = _lexicon(language).find(message)
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
    ordinals = _of_rows(_lexicon(language).find(message), message, language)
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


def marked(
    text: str, language: str, names: Sequence[str], said: reading.Said, again: bool = False
) -> dict[str, Value] | None:
    """What `text` says of the signs `names` of a list; None when it says nothing of them.

    A sign that is not in the answer stays open, so that the list comes back without those that were named, unless the
    answer says that the others are not so, or names several. Who says so `again`, when the list came back, is believed
    whatever else nobody could read.
    """
    text = _behind_a_question(text, language)
    answer = reply(text, language)
    picked = rows(text, language, len(names) + 2)
    there = {names[row] for row in picked if row < len(names)}
    there |= {name for name in names if said.known.get(name) is True}
    # "Else nothing of that" leaves what was told before it.
    nothing = answer.no or said.none or len(names) in picked or (answer.nothing and not answer.rest)
    heard, denied = _heard(text, language, names, after_a_no=nothing)
    there |= heard
    denied = (denied | {name for name in names if said.known.get(name) is False}) - there
    believed = again or not _unread(text, language, names)
    if there or denied:
        closes = answer.rest or answer.nothing or answer.ends_with_no or len(there) > 1 or len(denied) >= DENIED_ALL
        closed = nothing or (closes and believed)
        others = dict.fromkeys((name for name in names if name not in there), False) if closed else {}
        return {**others, **dict.fromkeys(denied, False), **dict.fromkeys(there, True)}
    if said.unknown or len(names) + 1 in picked:
        return dict.fromkeys(names)
    none = nothing or ((answer.nothing or answer.ends_with_no) and believed) or (again and answer.rest)
    return dict.fromkeys(names, False) if none else None


def _unread(text: str, language: str, names: Sequence[str]) -> bool:
    """Whether a clause of several words holds nothing that anybody knows: it may be a row in words that nobody foresaw."""
    message = tokens(text)
    hits = [*_asked(language).find(message), *reading.lexicon(language).find(message), *_lexicon(language).find(message)]
    mine = [hit for hit in hits if not hit.concept.startswith(_ASKED) or hit.concept.removeprefix(_ASKED) in names]
    read = {message[place].clause for hit in mine for place in hit.places}
    around = reading.words_around(language)
    words = Counter(token.clause for token in message if token.text not in around)
    return any(count >= UNREAD_FROM and clause not in read for clause, count in words.items())


def _behind_a_question(text: str, language: str) -> str:
    """Without a question before a no: "what battery? no, none of that" names none."""
    asked, _, answer = text.replace("؟", "?").rpartition("?")
    return answer if asked and "?" not in asked and reply(answer, language).no else text


def _heard(text: str, language: str, names: Sequence[str], after_a_no: bool) -> tuple[set[str], set[str]]:
    """The signs of the list that its own words name, and those that they deny.

    They are loose words: any denial in their clause counts, and behind a no only what stands after an "only" or "but".
    """
    message = tokens(text)
    hits = _asked(language).find(message)
    there = context.Context(message, hits)
    mine = [(hit.concept.removeprefix(_ASKED), hit) for hit in hits if hit.concept.startswith(_ASKED)]
    mine += [(name, hit) for name in names for hit in _as_titled(name, language, message)]
    mine = [(name, hit) for name, hit in mine if name in names and not there.is_idiom(hit)]
    mine = _longest(mine)
    answer = _lexicon(language).find(message)
    # "Except the cat" begins with an exception, which is no denial.
    besides = {place for hit in answer if hit.concept == "rest" or _is_first_exception(hit) for place in hit.places}
    # "Flashes and dots, no curtain" denies one word of the row, and not the row.
    stand = {name for name, hit in mine if not there.denied_in_its_clause(hit.places, besides=besides)}
    denied = {name for name, _ in mine} - stand
    unsure = {message[hit.first].clause for hit in reading.lexicon(language).find(message) if hit.concept == "unknown"}
    mine = [(name, hit) for name, hit in mine if message[hit.first].clause not in unsure]
    elsewhere = {name for name, hit in mine if there.against(hit.places) in (context.ELSEWHERE, context.HYPOTHETICAL)}
    elsewhere -= {name for name, hit in mine if there.holds_elsewhere(hit)}
    excepted = min((hit.first for hit in answer if hit.concept == "only"), default=len(message))
    said = {name for name, hit in mine if not after_a_no or hit.first > excepted}
    return said - denied - elsewhere, denied


def excepted(text: str, language: str) -> int:
    """How many words stand behind the first "only" or "but"."""
    message = tokens(text)
    firsts = [hit.last for hit in _lexicon(language).find(message) if hit.concept == "only"]
    return len(message) - 1 - min(firsts) if firsts else 0


def _is_first_exception(hit: Hit) -> bool:
    return hit.concept == "only" and hit.first == 0


def of_titles(text: str, language: str, titles: Sequence[str]) -> tuple[int, ...]:
    """The rows of a list that share with `text` a word which no other row has: "the breast" of "Breast complaint"."""
    message = tokens(text)
    hits = _denials(language).find(message)
    there = context.Context(message, hits)
    told = [token.text for place, token in enumerate(message) if not there.denied_in_its_clause((place,))]
    words = [[token.text for token in tokens(title) if len(token.text) > SHORTEST_WORD] for title in titles]
    return tuple(
        row
        for row, mine in enumerate(words)
        if any(
            any(_same(word, one) for one in told)
            and not any(_same(word, other) for number, others in enumerate(words) if number != row for other in others)
            for word in mine
        )
    )


@lru_cache(maxsize=16)
def _denials(language: str) -> Lexicon:
    """The cues alone."""
    return Lexicon(reading.cues(language), exact="")


def _as_titled(name: str, language: str, message: Sequence[Token]) -> Iterator[Hit]:
    """Where the message has all words of a row, in any order and with any ending: "leg is weak" of "weak legs"."""
    title = tokens(texts.title(name, language))
    words = [token.text for token in title if len(token.text) >= SHORTEST_WORD]
    if {token.text for token in title} & _single_denials(language) - {token.text for token in message}:
        return  # "air is enough" is no "not enough air"
    places = [next((place for place, token in enumerate(message) if _same(word, token.text)), None) for word in words]
    found = [place for place in places if place is not None]
    if words and len(found) == len(words):
        yield Hit(_ASKED + name, tuple(sorted(set(found))))


@lru_cache(maxsize=16)
def _single_denials(language: str) -> frozenset[str]:
    """The words that deny by themselves what stands behind them."""
    denials = reading.cues(language).get(f"{context.PREFIX}negation before", ())
    return frozenset(normalise(str(word)) for word in denials if " " not in str(word))


def _same(word: str, other: str) -> bool:
    """Whether two words differ in their ending only; of short ones one must begin the other, of the shortest be it."""
    shorter = min(len(word), len(other))
    if shorter <= SHORTEST_WORD:  # "can" is not "cannot"
        return word == other
    cut = sum(shorter > length for length in ENDINGS_FROM)
    return word[: shorter - cut] == other[: shorter - cut]


def _longest(found: Sequence[tuple[str, Hit]]) -> list[tuple[str, Hit]]:
    """Without words that stand inside longer ones of another sign: "blood in the stool" is no other blood."""
    return [
        (name, hit)
        for name, hit in found
        if not any(other != name and set(hit.places) < set(longer.places) for other, longer in found)
    ]
