"""Languages that the clinic does not speak are recognised when that is sure, and answered in their own words."""

from __future__ import annotations

import pytest
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from clinic.unspoken import answer
from nlu.language import detect
from nlu.unspoken import UnspokenLanguage, unspoken


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("es", "Quisiera pedir una cita con el dermatólogo"),
        ("es", "hola necesito cita para mi hijo mañana"),
        ("fr", "bonjour j'ai mal au ventre depuis hier"),
        ("it", "Vorrei prenotare una visita per domani"),
        ("tr", "yarın için randevu almak istiyorum"),
        ("pl", "chciałbym umówić wizytę na jutro"),
        ("nl", "ik heb pijn in mijn buik"),
        ("ro", "mă doare capul de ieri"),
        ("uk", "мені потрібна довідка для школи"),
        ("fa", "می‌خواهم برای فردا وقت بگیرم"),
        ("hi", "मुझे डॉक्टर से मिलना है"),
        ("zh", "我想预约医生"),
    ],
)
def test_a_sure_message_is_recognised_and_has_an_answer(code: str, text: str) -> None:
    guess = unspoken(text, {})
    assert guess and guess[0] == code and guess[1] >= 0.85
    written = answer(code)
    assert written and written.text and len(written.button) <= 20


@pytest.mark.parametrize(
    "text",
    [
        *["ok merci", "hola", "Maria Jose Fernandez Garcia", "Anna Weber de la Cruz", "Ibuprofeno Paracetamol Dipirona"],
        *["bghit rendez-vous m3a tbib", "ana 3ayez doctor asnan", "hochu zapisatsya k vrachu", "24.05.1985", "👍", ""],
        *[
            "quero marcar uma consulta amanha",
            "Ich möchte einen Termin",
            "أريد حجز موعد",
            "Хочу записаться к врачу",
            "متى چاي",
        ],
    ],
)
def test_short_replies_names_drugs_and_our_own_languages_are_left_alone(text: str) -> None:
    assert unspoken(text, {}) is None


@pytest.mark.parametrize(
    ("code", "text"),
    [
        *[("ru", "hochu zapisatsya k vrachu"), ("ru", "zdravstvuite, spasibo"), ("ru", "spasibo")],
        *[("ar", "ana 3ayez doctor"), ("ar", "bedi maw3ed bukra"), ("ar", "shukran"), ("ar", "bghit rendez-vous")],
    ],
)
def test_romanised_words(code: str, text: str) -> None:
    assert detect(text, {})[0] == code


@pytest.mark.parametrize(
    "text", ["ich bin Ana", "ana sou eu", "doktor bitte morgen", "randevu var mı yarın", "no hotel amanhã"]
)
def test_words_of_other_languages_are_not_romanised(text: str) -> None:
    assert detect(text, {})[0] not in ("ar", "ru")


def test_the_component_makes_it_a_wish_for_the_language() -> None:
    french = Message({TEXT: "je voudrais un rendez-vous", "unspoken": {"code": "fr", "confidence": 0.97}})
    german = Message({TEXT: "Ich möchte einen Termin", "language": {"code": "de", "confidence": 1.0}})
    UnspokenLanguage().process([french, german])
    assert french.get("language") == {"code": "fr", "confidence": 0.97}
    assert french.get("intent") == {"name": "change_language", "confidence": 1.0}
    assert [(e["entity"], e["value"]) for e in french.get(ENTITIES)] == [("language", "fr")]
    assert german.get("intent") is None and german.get("language")["code"] == "de"


def test_lingua_is_asked_only_where_words_tell_of_another_language(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("nlu.unspoken._lingua", asked.append)
    assert unspoken("can I come tomorrow at nine please", {}) is None
    assert asked == []
