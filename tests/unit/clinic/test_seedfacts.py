"""What a clinic's file may say about its topics, and the prices that a message names."""

from __future__ import annotations

from typing import Any

import pytest

from clinic.seedfacts import facts
from clinic.seedfile import Node, SeedError
from clinic.settings import SUPPORTED_LANGUAGES
from clinic.topics import Price, _words, mentioned

TEXTS = {code: f"text {code}" for code in SUPPORTED_LANGUAGES}


def read(value: Any) -> Any:
    return facts(Node(value, "facts"))


def test_texts_and_what_stands_beside_them() -> None:
    assert read(None) == {}
    assert read({"parking": TEXTS}) == {"parking": TEXTS}
    assert read({"parking": "Free."})["parking"]["ru"] == "Free."
    assert read({"privacy": {**TEXTS, "link": "https://a.example"}})["privacy"]["link"]["ar"] == "https://a.example"
    link = {code: f"https://a.example/{code}" for code in SUPPORTED_LANGUAGES}
    assert read({"privacy": {**TEXTS, "link": link}})["privacy"]["link"] == link
    only = {"contact": {"email": "a@b.example", "website": "https://b.example"}}
    assert read(only) == only
    assert read({"languages": {"staff": ["de", "tr"]}}) == {"languages": {"staff": ["de", "tr"]}}


def test_a_price_list() -> None:
    service = {"names": TEXTS, "amount": 10, "to": 20.5, "words": ["ecg"]}
    assert read({"prices": {"currency": "EUR", "services": [service]}})["prices"]["services"] == [service]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ([], "facts: a mapping of topics is expected"),
        ({"parkng": TEXTS}, "unknown parkng; known: opening_hours, .*goes into knowledge/"),
        ({"parking": {"en": "x"}}, "facts.parking: nothing for ar, de, pt, ru"),
        ({"parking": {}}, "facts.parking: nothing for"),
        ({"parking": "x" * 901}, "longer than 900 characters"),
        ({"parking": {**TEXTS, "links": "x"}}, "unknown links"),
        ({"parking": {**TEXTS, "email": "a@b.example"}}, "unknown email"),
        ({"parking": {**TEXTS, "link": "a.example"}}, "facts.parking.link: an address"),
        ({"parking": {**TEXTS, "link": dict.fromkeys(SUPPORTED_LANGUAGES, "a")}}, "facts.parking.link.en: an address"),
        ({"contact": {"email": "somebody"}}, "is no e-mail address"),
        ({"contact": {"website": "www"}}, "facts.contact.website: an address"),
        ({"languages": {"staff": ["german"]}}, "unknown language german"),
        ({"prices": {"services": []}}, "write the currency"),
        ({"prices": {"currency": "euro", "services": []}}, "is no currency"),
        ({"prices": {"currency": "EUR", "services": [{"names": TEXTS}]}}, r"services\[0\].amount: a number"),
        ({"prices": {"currency": "EUR", "services": [{"names": TEXTS, "amount": 5, "to": 4}]}}, "a number from 5"),
        ({"prices": {"currency": "EUR", "services": [{"names": TEXTS, "price": 5}]}}, "unknown price"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(value: Any, says: str) -> None:
    with pytest.raises(SeedError, match=says):
        read(value)


LISTED = [Price(name, "1", _words([name])) for name in ("Blood test", "Vision test", "ECG", "تنظيف الأسنان")]


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("price of a blood test", ["Blood test"]),
        ("how much are tests", ["Blood test", "Vision test"]),
        ("ecg?", ["ECG"]),
        ("بكام تنظيف اسناني", ["تنظيف الأسنان"]),
        ("how much is it", []),
        ("", []),
    ],
)
def test_the_services_a_message_names_best(message: str, found: list[str]) -> None:
    assert [price.service for price in mentioned(LISTED, message)] == found


def test_what_names_all_alike_names_none() -> None:
    assert mentioned(LISTED[:2], "tests") == []
    assert mentioned([], "tests") == []
