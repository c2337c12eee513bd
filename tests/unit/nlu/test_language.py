"""Which language a message is in, with and without a conversation before it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from clinic.settings import settings
from nlu.language import LanguageDetector, detect
from tests.support.surroundings import ModelFolder

# What training would learn; a word that two languages share is not in it.
KNOWN = {
    "termin": "de",
    "bitte": "de",
    "danke": "de",
    "guten": "de",
    "consulta": "pt",
    "obrigado": "pt",
    "bom": "pt",
    "dia": "pt",
    "appointment": "en",
}
SENTENCES = [
    ("en", "I would like to book an appointment with a dermatologist"),
    ("en", "can I come tomorrow?"),
    ("en", "my son has a rash on his arm"),
    ("en", "see you at 3pm on the 2nd"),
    ("de", "Ich möchte einen Termin beim Hautarzt"),
    ("de", "Kann ich morgen kommen?"),
    ("de", "ich haette gern einen termin fuer meine tochter"),
    ("pt", "Gostaria de marcar uma consulta"),
    ("pt", "Posso ir amanhã?"),
    ("pt", "quero marcar com a dermatologista amanha"),
    ("ru", "Хочу записаться к врачу"),
    ("ru", "А можно завтра?"),
    ("ar", "أريد حجز موعد"),
    ("ar", "بدي موعد عند دكتور جلدية بكرة الصبح"),
]


@pytest.mark.parametrize(("code", "text"), SENTENCES)
@pytest.mark.parametrize("prior", [None, "en", "ar", "de", "pt", "ru"])
def test_a_sentence_is_in_its_own_language(code: str, text: str, prior: str | None) -> None:
    found, confidence = detect(text, KNOWN, prior)
    assert found == code
    assert 0.7 < confidence <= 1


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("de", "Guten Tag"),
        ("pt", "bom dia"),
        ("en", "thank you"),
        ("de", "danke schön"),
        ("ru", "доброе утро"),
        ("ar", "صباح الخير"),
    ],
)
def test_pairs(code: str, text: str) -> None:
    assert detect(text, KNOWN)[0] == code


@pytest.mark.parametrize(
    ("code", "text"),
    [
        *[("de", "Termin"), ("de", "danke"), ("pt", "consulta"), ("pt", "obrigado"), ("en", "appointment")],
        *[("ru", "да"), ("ru", "врач"), ("ar", "نعم"), ("ar", "موعد"), ("pt", "não"), ("pt", "amanhã")],
    ],
)
def test_one_word_without_a_conversation(code: str, text: str) -> None:
    assert detect(text, KNOWN)[0] == code
    assert detect(f"  {text}!! 🙏", KNOWN)[0] == code


@pytest.mark.parametrize("prior", ["en", "ar", "de", "pt", "ru"])
@pytest.mark.parametrize(
    "text",
    [
        *["ok", "Termin", "consulta", "appointment", "да", "نعم", "no", "sim", "Weber", "Dr.", "a7gez", "hi"],
        *["bom dia", "thank you", "Maria Schmidt", "Anna Weber", "10 Uhr", "Dr. Weber"],
    ],
)
def test_a_short_reply_keeps_the_conversations_language(text: str, prior: str) -> None:
    assert detect(text, KNOWN, prior)[0] == prior or (len(text.split()) == 2 and _would_be_said(text, prior))


def _would_be_said(text: str, prior: str) -> bool:
    """Two words flip nothing unless the statistics are all but certain."""
    return detect(text, KNOWN, prior)[1] >= 0.95


def test_two_certain_words_flip() -> None:
    assert detect("às 15h amanhã", KNOWN, "de")[0] == "pt"
    assert detect("доброе утро", KNOWN, "de")[0] == "ru"
    assert detect("bom dia", KNOWN, "de") == ("de", 0.5)


@pytest.mark.parametrize("text", ["24.05.1985", "10:30", "٢٤/٥/١٩٨٥", "👍", "🙏🙏", "?", "...", "", " ", "+49 30 23125"])
def test_without_a_word_the_conversation_goes_on(text: str) -> None:
    assert detect(text, KNOWN, "pt") == ("pt", 0.0)
    assert detect(text, KNOWN) == ("en", 0.0)


@pytest.mark.parametrize(
    "text",
    [
        "3ayez a7gez ma3ad",
        "ana 3ayez doctor asnan",
        "m3a doctor asnan law sama7t ya ba4a",
        "3andi mo3id bokra",
        "sba7 el 5eir ya doctor",
    ],
)
def test_romanised_arabic(text: str) -> None:
    assert detect(text, KNOWN) == ("ar", 0.9)


@pytest.mark.parametrize(
    "text",
    [
        *[
            "see you on the 2nd or the 3rd",
            "um 15uhr30 am 3ten",
            "at 9am or 2pm please",
            "às 15h ou 16h",
            "in 30min",
            "call 5 or 7",
        ],
        *["I'm 25yo and need a GP", "B12 shot tomorrow please"],
    ],
)
def test_figures_are_no_romanised_arabic(text: str) -> None:
    assert detect(text, KNOWN)[0] != "ar"


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("ar", "عايز appointment بكرة"),
        ("ar", "ممكن موعد عند dermatologist"),
        ("ru", "Хочу appointment завтра"),
        ("ru", "запишите к Dr. Weber на завтра"),
        ("ar", "اسمي Maximilian Schmidt وأريد موعدا"),
        ("de", "Ich hätte gern einen appointment für meine Tochter"),
        ("en", "I need an appointment with the Hautarzt tomorrow please"),
    ],
)
def test_mixed_messages_belong_to_the_language_that_carries_them(code: str, text: str) -> None:
    assert detect(text, KNOWN)[0] == code
    assert detect(text, KNOWN, code)[0] == code


def test_a_quoted_foreign_word_does_not_decide() -> None:
    assert detect("What does the word مرحبا mean in English please?", KNOWN)[0] == "en"
    assert detect("Мой врач Dr. Weber", KNOWN)[0] == "ru"


@pytest.mark.parametrize("text", ["ibuprofen paracetamol", "Ramipril", "L-Thyroxin 75", "бисопролол", "Augmentin, Concor"])
@pytest.mark.parametrize("prior", ["en", "ar", "de", "pt", "ru"])
def test_names_of_drugs_are_no_language(text: str, prior: str) -> None:
    assert detect(text, KNOWN, prior)[0] == prior


def test_the_words_around_a_drug_count() -> None:
    assert detect("ich nehme jeden Tag Ramipril und Metformin", KNOWN, "en")[0] == "de"
    assert detect("preciso de mais losartana e sinvastatina por favor", KNOWN, "en")[0] == "pt"
    assert detect("метформин", KNOWN)[0] == "ru"


def test_a_prior_that_the_clinic_does_not_speak_is_none() -> None:
    assert detect("Termin", KNOWN, "fr") == detect("Termin", KNOWN)
    assert detect("👍", KNOWN, "fr") == ("en", 0.0)


@pytest.mark.parametrize(
    ("languages", "text", "code"),
    [
        ("de,en", "أريد حجز موعد", ("de", "en")),
        ("de,en", "Gostaria de marcar uma consulta", ("de", "en")),
        ("ar,ru", "hello my friend", ("ar", "ru")),
        ("ar,de", "hello my friend", ("de",)),
    ],
)
def test_the_answer_is_always_a_language_of_the_clinic(
    languages: str, text: str, code: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINIC_LANGUAGES", languages)
    monkeypatch.delenv("CLINIC_DEFAULT_LANGUAGE")
    settings.cache_clear()
    assert detect(text, {})[0] in code


def example(text: str, language: str | None, level: str = "intent") -> Message:
    metadata = {"metadata": {level: {"language": language}}} if language else {}
    return Message({TEXT: text, "intent": "greet", **metadata})


@pytest.fixture
def storage(tmp_path: Path) -> Any:
    return ModelFolder(tmp_path / "words")


def test_training_learns_the_words_of_each_language(storage: Any) -> None:
    data = TrainingData(
        [example("Hallo Termin", "de"), example("Olá TERMÍN hospital", "pt"), example("hospital", "de", "example")]
    )
    resource = Resource("language")
    LanguageDetector(storage, resource, {}).train(data)
    loaded = LanguageDetector.load({}, storage, resource, None)  # type: ignore[arg-type]
    assert loaded._known == {"hallo": "de", "ola": "pt"}


def test_examples_get_the_language_of_their_file(storage: Any) -> None:
    detector = LanguageDetector(storage, Resource("language"), KNOWN)
    data = TrainingData([example("Termin", "pt"), example("Ich möchte einen Termin beim Hautarzt", None)])
    languages = [one.get("language") for one in detector.process_training_data(data).training_examples]
    assert languages[0] == {"code": "pt", "confidence": 1.0}
    assert languages[1]["code"] == "de"


def test_messages_get_a_language_and_keep_that_of_their_metadata(storage: Any) -> None:
    detector = LanguageDetector(storage, Resource("language"), KNOWN)
    messages = [Message({TEXT: "Termin"}), Message({TEXT: "Termin", "metadata": {"language": "ar"}}), Message({TEXT: None})]
    assert [m.get("language")["code"] for m in detector.process(messages)] == ["de", "ar", "en"]
    assert messages[0].as_dict(only_output_properties=True)["language"] == {"code": "de", "confidence": 0.9}


@pytest.mark.parametrize(("asked", "is_foreign"), [(None, True), ("intake_answer", False), ("booking_slot", True)])
def test_a_few_words_of_a_neighbour_answer_a_triage_question(storage: Any, asked: str | None, is_foreign: bool) -> None:
    """Somebody who was asked in Russian and answers in Ukrainian is not told that nobody speaks it."""
    detector = LanguageDetector(storage, Resource("language"), KNOWN)
    message = Message({TEXT: "тільки 7, кішка, більше нічого", "metadata": {"language": "ru", "asked": asked}})
    detector.process([message])
    assert (message.get("unspoken") is not None) is is_foreign
    assert message.get("language")["code"] == "ru"
