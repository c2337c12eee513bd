"""Endings that words of one meaning differ in: what the concept lexicon takes off when it does not know a word.

No morphology: a rough list per language, used only for words that are in no list, and only when the rest is long
enough and belongs to one concept.
"""

from __future__ import annotations

from typing import List

# In normal form: umlauts and accents folded, Arabic ya and ta marbuta as in `clinic.vocabulary.normalise`.
_LISTED = {
    "ar": "ي ك ه و ا ت ها نا كم هم ني ين ون ات تي تك ته تو وا تها تنا تكم تين اتي اتك كن لي لك له لنا",
    "de": "e n s t en er es em st te ten test tet est ern chen nen innen",
    "en": "s es ed ing ly in er",
    "pt": "s a o e as os es ar er ir ei ou eu iu am em amos emos imos ando endo indo ado ada ados adas ido ida idos idas "
    "ava avam aria eria iria asse esse ara rei zinho zinha inho inha inhos inhas mente m r ao oes",
    "ru": "а я о е и ы у ю ь й ам ям ах ях ой ей ою ею ом ем ов ев ами ями ия ии ию ий ие ием иям иях ый ая ое ые ого его "
    "ому ему ым им ыми ими ых их ую юю ть ти л ла ло ли ет ит ат ят ут ют ешь ишь ете ите ал ала али ил ила или ать ить "
    "еть ся сь ться лся лась лись ется ится аю яю ну но на ны ка ку ки ке кой ек ик ок",
}
_ENDINGS = {language: frozenset(listed.split()) for language, listed in _LISTED.items()}
_SHORTEST_REST = {"ar": 3}
_SHORTEST = 4


def rests(word: str, language: str) -> List[str]:
    """`word` without each of the endings it has, the longest rest first."""
    endings = _ENDINGS.get(language, frozenset())
    shortest = _SHORTEST_REST.get(language, _SHORTEST)
    return [word[:cut] for cut in range(len(word) - 1, shortest - 1, -1) if word[cut:] in endings]
