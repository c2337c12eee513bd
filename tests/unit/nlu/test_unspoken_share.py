"""Most short everyday messages in languages that the clinic does not speak are recognised: `unspoken.yml`, by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from nlu.unspoken import unspoken

SENTENCES = yaml.safe_load(Path(__file__).with_name("unspoken.yml").read_text(encoding="utf-8"))
RECOGNISED = 0.92


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_nearly_all_everyday_messages_are_recognised(code: str) -> None:
    guesses = {text: unspoken(text, {}) for text in SENTENCES[code]}
    missed = [text for text, guess in guesses.items() if not guess or guess[0] != code]
    assert len(guesses) == 25
    assert 1 - len(missed) / len(guesses) >= RECOGNISED, missed


@pytest.mark.parametrize(
    "text",
    [
        *[
            "Łukasz Wiśniewski Żak",
            "José Muñoz Ibáñez",
            "Frau Yıldız Ağaoğlu bitte",
            "Ștefan Mureșan Popescu",
            "señor",
            "¿mañana?",
        ],
        *["dziękuję bardzo", "дякую вам", "спасибо, Юрій", "گوشت چاي", "t9eblo carte bancaire?", "شنو هاي گلبي يوجعني"],
        *["ich komme mit Señora López", "я от доктора Шевчука", "el doctor mawgood bokra?"],
    ],
)
def test_names_pairs_of_words_and_our_own_languages_are_left_alone(text: str) -> None:
    assert unspoken(text, {}) is None


def test_words_that_our_examples_own_outweigh_a_strange_letter() -> None:
    known = dict.fromkeys(("preciso", "falar", "com"), "pt")
    assert unspoken("preciso falar com o señor Nuñez", known) is None
