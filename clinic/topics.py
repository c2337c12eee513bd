"""What the clinic says about itself: the topics of questions, and those of its facts that are more than a text.

`Organization.facts[topic]` holds a text per language, and beside it what belongs to the topic: a `link` (per
language), the `email` and `website` of contact, the `currency` and `services` of prices, the `staff` of languages.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from clinic import directory, formats
from clinic.models import Practitioner
from clinic.vocabulary import normalise

TOPICS = (
    "opening_hours", "location", "parking", "contact", "insurance", "prices", "payment", "documents", "preparation",
    "accessibility", "services", "vaccination", "telehealth", "visiting_hours", "waiting_time", "results_time",
    "medical_certificate", "privacy", "languages", "children",
)  # fmt: skip
# Two words are the same when they begin alike: languages change the ends ("чистка", "чистку"; "test", "tests").
_SAME_BEGINNING, _SHORTEST_BEGINNING, _SHORTEST_WORD = 5, 4, 3
_ARTICLE = re.compile(r"^(?:وال|بال|لل|ال)(?=\w{3})")
_ADDRESS = re.compile(r"https?://[^\s/]+\S*")


def is_address(text: object) -> bool:
    """Whether it is a web address that a phone makes tappable."""
    return isinstance(text, str) and _ADDRESS.fullmatch(text) is not None


@dataclass(frozen=True)
class Price:
    """A line of the price list; `words` is what people call the service, in normal form."""

    service: str
    price: str
    words: frozenset[str]


def _facts(session: Session, topic: str) -> Mapping[str, Any]:
    return directory.organization(session).facts.get(topic) or {}


def link(session: Session, topic: str, language: str) -> str | None:
    """The approved address where there is more about a topic."""
    addresses: Mapping[str, str] = _facts(session, topic).get("link") or {}
    return addresses.get(language) or None


def contact(session: Session) -> tuple[str, str]:
    """E-mail address and website; "" of none."""
    facts = _facts(session, "contact")
    return str(facts.get("email") or ""), str(facts.get("website") or "")


def prices(session: Session, language: str) -> list[Price]:
    """The price list, in the clinic's order."""
    facts = _facts(session, "prices")
    return [_price(entry, str(facts["currency"]), language) for entry in facts.get("services") or []]


def _price(entry: Mapping[str, Any], currency: str, language: str) -> Price:
    amounts = [amount for amount in (entry["amount"], entry.get("to")) if amount is not None]
    spans = "–".join(formats.money(amount, currency, language) for amount in amounts)
    names: Mapping[str, str] = entry["names"]
    return Price(
        service=directory.in_language(names, language),
        price=formats.isolate(spans, language),
        words=_words([*names.values(), *(entry.get("words") or [])]),
    )


def _words(texts: Iterable[str]) -> frozenset[str]:
    found = (word for text in texts for word in re.findall(r"\w+", normalise(text)))
    return frozenset(_ARTICLE.sub("", word)[:_SAME_BEGINNING] for word in found if len(word) >= _SHORTEST_WORD)


def _same(one: str, other: str) -> bool:
    shorter, longer = sorted((one, other), key=len)
    return one == other or (len(shorter) >= _SHORTEST_BEGINNING and longer.startswith(shorter))


def mentioned(listed: Sequence[Price], message: str) -> list[Price]:
    """The services that a message names best; none where it names all alike, or none."""
    said = _words([message])
    scores = [sum(any(_same(word, heard) for heard in said) for word in price.words) for price in listed]
    best = [price for price, score in zip(listed, scores, strict=True) if score and score == max(scores)]
    return best if len(best) < len(listed) else []


def staff_languages(session: Session) -> list[str]:
    """Codes of the languages that are spoken at the reception."""
    return list(_facts(session, "languages").get("staff") or [])


def speakers(session: Session) -> dict[str, list[Practitioner]]:
    """Language → the doctors who speak it; what most of them speak comes first."""
    found: dict[str, list[Practitioner]] = {}
    for person in directory.practitioners(session):
        for code in person.languages:
            found.setdefault(code, []).append(person)
    return dict(sorted(found.items(), key=lambda item: -len(item[1])))
