"""The `facts` of a clinic's file: per topic a text in every language, and beside it a link, prices, an e-mail address."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from babel import Locale
from babel.numbers import is_currency

from clinic.seedfile import Node
from clinic.topics import TOPICS, is_address

LONGEST_TEXT = 900  # an answer is read on a small screen
LONGEST_SERVICE = 60
_LANGUAGE = re.compile(r"[a-z]{2,3}")


def facts(node: Node) -> dict[str, dict[str, Any]]:
    """What stands under `facts`, as `Organization.facts` keeps it; SeedError names the place of a mistake."""
    if node.value is None:
        return {}
    if not isinstance(node.value, dict):
        raise node.fail("a mapping of topics is expected")
    unknown = [str(topic) for topic in node.value if topic not in TOPICS]
    if unknown:
        raise node.fail(
            f"unknown {', '.join(unknown)}; known: {', '.join(TOPICS)}. A topic of your own goes into knowledge/"
        )
    return {topic: _topic(topic, node.get(topic)) for topic in node.value}


def _topic(topic: str, node: Node) -> dict[str, Any]:
    if not isinstance(node.value, dict):
        return {**_short(node)}
    readers = {"link": _link, **_READERS.get(topic, {})}
    written = {key: value for key, value in node.value.items() if key not in readers}
    for key in written:
        if not _LANGUAGE.fullmatch(str(key)):
            raise node.fail(f"unknown {key}; known: a text per language, {', '.join(readers)}")
    found: dict[str, Any] = {key: read(node.get(key)) for key, read in readers.items() if key in node.value}
    if "services" in found and "currency" not in found:
        raise node.fail("write the currency of the prices, such as EUR")
    if written or not found:
        found |= _short(Node(written, node.where))
    return found


def _short(node: Node) -> dict[str, str]:
    return node.texts(LONGEST_TEXT)


def _address(node: Node) -> str:
    if not is_address(node.value):
        raise node.fail("an address that begins with https:// is expected")
    return node.text()


def _link(node: Node) -> dict[str, str]:
    """One address for all languages, or one for each."""
    if isinstance(node.value, dict):
        for language in node.value:
            _address(node.get(language))
    else:
        _address(node)
    return node.texts()


def _email(node: Node) -> str:
    if not re.fullmatch(r"[^\s@]+@[^\s@]+\.[^\s@]+", node.text()):
        raise node.fail(f"{node.value!r} is no e-mail address")
    return node.text()


def _currency(node: Node) -> str:
    if not is_currency(node.text()):
        raise node.fail(f"{node.value!r} is no currency: write EUR, EGP, BRL")
    return node.text()


def _services(node: Node) -> list[dict[str, Any]]:
    return [_service(entry) for entry in node.items()]


def _service(node: Node) -> dict[str, Any]:
    node.mapping(("names", "amount", "to", "words"))
    found: dict[str, Any] = {
        "names": node.get("names").texts(LONGEST_SERVICE),
        "amount": node.get("amount").number(0, 10**7),
    }
    if node.get("to").value is not None:
        found["to"] = node.get("to").number(found["amount"], 10**7)
    words = [word.text() for word in node.get("words").items()]
    return {**found, "words": words} if words else found


def _staff(node: Node) -> list[str]:
    codes = [entry.text() for entry in node.items()]
    unknown = [code for code in codes if not _LANGUAGE.fullmatch(code) or not Locale.parse("en").languages.get(code)]
    if unknown:
        raise node.fail(f"unknown language {', '.join(unknown)}: write codes such as de, ar, tr")
    return codes


_READERS: Mapping[str, Mapping[str, Callable[[Node], Any]]] = {
    "contact": {"email": _email, "website": _address},
    "prices": {"currency": _currency, "services": _services},
    "languages": {"staff": _staff},
}
