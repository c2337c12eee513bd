"""A message as the danger screen reads it: words in normal form, in clauses and sentences, with their spelling forgiven.

The screen reads every language at once and has two milliseconds, so it splits for itself, without a tokenizer per
language: words, numbers, single marks and emoji.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from clinic.vocabulary import normalise

_PIECE = re.compile(r"\d+(?:[.,:/]\d+)*|[^\W\d_][^\W_]*|[^\W_]+|[^\w\s]|\n")
_SENTENCE_ENDS = frozenset(".!?؟…\n")
_CLAUSE_ENDS = frozenset(",;:،؛()–—")
_STRETCHED = re.compile(r"([^\W\d])\1{2,}")
# Arabic writes "and", "with", "to", "the" onto the word; long ones first.
_ARABIC_PREFIXES = ("وال", "بال", "فال", "كال", "لل", "ال", "و", "ب", "ف", "ل", "ع", "ك")
# "And not": short as they are, they stand alone too.
_ARABIC_NOT = frozenset(prefix + word for prefix in "وف" for word in ("مش", "ما", "مو", "مب", "لا", "مي"))


class Token(NamedTuple):
    """One word, number, mark or emoji; clauses and sentences are counted from 0 through the whole message.

    `joined`: letters follow without a space, as in "3andi", where the figure is a letter, and in "20kg", where it is none.
    """

    text: str
    clause: int
    sentence: int
    joined: bool = False


def squeezed(text: str) -> str:
    """`text` with letters that stand three times and more only once."""
    return _STRETCHED.sub(r"\1", text)


def tokens(text: str) -> list[Token]:
    """The tokens of `text` without its punctuation. "can't" and "cant" are one word, "heeelp" is "help"."""
    found = []
    clause = sentence = 0
    flat = squeezed(normalise(text).replace("'", ""))
    for match in _PIECE.finditer(flat):
        piece = match.group()
        if piece.isalnum():
            joined = piece.isdigit() and flat[match.end() : match.end() + 1].isalpha()
            found.append(Token(piece, clause, sentence, joined))
        elif piece in _SENTENCE_ENDS:
            sentence, clause = sentence + 1, clause + 1
        elif piece in _CLAUSE_ENDS:
            clause += 1
        elif piece[0].isalnum() or ord(piece) > 0x2000:
            found.append(Token(piece, clause, sentence))
    return found


@lru_cache(maxsize=20_000)
def forms(word: str) -> tuple[str, ...]:
    """The word and, in Arabic, the word without what is written onto its beginning."""
    if "\u0600" <= word[:1] <= "\u06ff":
        longer = [prefix for prefix in _ARABIC_PREFIXES if word.startswith(prefix) and len(word) - len(prefix) >= 3]
        negations = (word[1:],) if word in _ARABIC_NOT else ()
        return (word, *(word[len(prefix) :] for prefix in longer), *negations)
    return (word,)
