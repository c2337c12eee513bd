"""Which rows of a list an answer in words names and denies: "the stiff neck, the rest no", "the third".

Words: for the signs of a list `said/signs/<language>.yml`, whose `asked` words mean a sign only while the list with it
is on the screen, and the titles of the rows. How the answer begins is `clinic.triage.replies`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from clinic.triage import context, reading, replies, texts
from clinic.triage.conditions import Value
from clinic.triage.lexicon import Hit, Lexicon
from clinic.triage.tokens import Token, tokens
from clinic.vocabulary import normalise

# So many words say something.
UNREAD_FROM = 3
# So many denied signs are an answer to the whole list.
DENIED_ALL = 2
_ASKED = "asked "
# Of words with so many letters one or two may be another ending.
SHORTEST_WORD, ENDINGS_FROM = 3, (4, 6)


@lru_cache(maxsize=16)
def _asked(language: str) -> Lexicon:
    """The words of signs that are on the screen, and what denies them."""
    concepts = {f"{_ASKED}{name}": words for name, words in reading.sign_words(language, "asked").items()}
    right, denials = reading.right(language), reading.denials(language)
    return Lexicon({**concepts, **reading.cues(language)}, right, exact=context.PREFIX, denials=denials)


def marked(
    text: str, language: str, names: Sequence[str], said: reading.Said, again: bool = False
) -> dict[str, Value] | None:
    """What `text` says of the signs `names` of a list; None when it says nothing of them.

    A sign that is not in the answer stays open, so that the list comes back without those that were named, unless the
    answer says that the others are not so, or names several. Who says so `again`, when the list came back, is believed
    whatever else nobody could read.
    """
    text = _behind_a_question(text, language)
    answer = replies.reply(text, language)
    picked = replies.rows(text, language, len(names) + 2)
    there = {names[row] for row in picked if row < len(names)}
    there |= {name for name in names if said.known.get(name) is True}
    # "Else nothing of that" leaves what was told before it.
    nothing = answer.no or said.none or len(names) in picked or (answer.nothing and not answer.rest)
    heard, denied = _heard(text, language, names, after_a_no=nothing)
    there |= heard
    denied = (denied | {name for name in names if said.known.get(name) is False}) - there
    if there or denied:
        closes = answer.rest or answer.nothing or answer.ends_with_no or len(there) > 1 or len(denied) >= DENIED_ALL
        closed = nothing or (closes and (again or not _unread(text, language, names)))
        others = dict.fromkeys((name for name in names if name not in there), False) if closed else {}
        return {**others, **dict.fromkeys(denied, False), **dict.fromkeys(there, True)}
    if said.unknown or len(names) + 1 in picked:
        return dict.fromkeys(names)
    if not nothing:
        denies_all = answer.nothing or answer.ends_with_no
        nothing = (again and (denies_all or answer.rest)) or (denies_all and not _unread(text, language, names))
    return dict.fromkeys(names, False) if nothing else None


def _unread(text: str, language: str, names: Sequence[str]) -> bool:
    """Whether a clause of several words holds nothing that anybody knows: it may be a row in words that nobody foresaw."""
    message = tokens(text)
    hits = [
        *_asked(language).find(message),
        *reading.lexicon(language).find(message),
        *replies.lexicon(language).find(message),
    ]
    mine = [hit for hit in hits if not hit.concept.startswith(_ASKED) or hit.concept.removeprefix(_ASKED) in names]
    read = {message[place].clause for hit in mine for place in hit.places}
    around = reading.words_around(language)
    words = Counter(token.clause for token in message if token.text not in around)
    return any(count >= UNREAD_FROM and clause not in read for clause, count in words.items())


def _behind_a_question(text: str, language: str) -> str:
    """Without a question before a no: "what battery? no, none of that" names none."""
    asked, _, answer = text.replace("؟", "?").rpartition("?")
    return answer if asked and "?" not in asked and replies.reply(answer, language).no else text


def _heard(text: str, language: str, names: Sequence[str], after_a_no: bool) -> tuple[set[str], set[str]]:
    """The signs of the list that its own words name, and those that they deny.

    They are loose words: any denial near them in their clause counts, and behind a no only what stands after an "only".
    """
    message = tokens(text)
    hits = _asked(language).find(message)
    there = context.Context(message, hits)
    mine = [(hit.concept.removeprefix(_ASKED), hit) for hit in hits if hit.concept.startswith(_ASKED)]
    mine += [(name, hit) for name in names for hit in _as_titled(name, language, message)]
    mine = [(name, hit) for name, hit in mine if name in names and not there.is_idiom(hit)]
    mine = _longest(mine)
    answer = replies.lexicon(language).find(message)
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
