"""Complaints and parts of the body, as people of five languages and their dialects say them."""

from __future__ import annotations

import pytest
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from clinic.settings import SUPPORTED_LANGUAGES
from clinic.vocabulary import normalise
from nlu import vocabulary
from nlu.health import FOLDERS, HealthExtractor, codes, find_health, load


def health(text: str, language: str) -> list[str]:
    """ "code=words" of each, behind the specialties."""
    found = find_health(text, language, vocabulary.find_entities(text, language))
    return [f"{e['value']}={text[e['start'] : e['end']]}" for e in found]


@pytest.mark.parametrize("entity", FOLDERS)
@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_the_same_codes_in_every_language(entity: str, language: str) -> None:
    assert codes(entity, language) == codes(entity, "en")
    assert all(load(entity, language)["phrases"].values())


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_no_phrase_means_two_things(language: str) -> None:
    seen: dict[str, set[str]] = {}
    for entity in FOLDERS:
        for code, phrases in load(entity, language)["phrases"].items():
            for phrase in phrases:
                seen.setdefault(normalise(phrase), set()).add(code)
    assert {phrase: meant for phrase, meant in seen.items() if len(meant) > 1} == {}
    for entity in FOLDERS:
        assert {normalise(phrase) for phrase in load(entity, language)["doubtful"]} <= set(seen)


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "I have a headache and a fever", ["headache=headache", "fever=fever"]),
        ("en", "my tummy ache comes and goes", ["abdominal_pain=tummy ache"]),
        ("en", "my knee really does hurt", ["knee=knee", "pain=hurt"]),
        ("en", "pain in the left foot", ["pain=pain", "foot=foot"]),
        ("en", "lower back pain since Monday", ["back_pain=lower back pain"]),
        ("en", "he is throwing up and has diarhoea", ["vomiting=throwing up", "diarrhoea=diarhoea"]),
        ("en", "my tooth hurts", ["toothache=tooth hurts"]),
        ("en", "my eyes are hurting", ["eye=eyes", "pain=hurting"]),
        ("en", "short of breath at night", ["shortness_of_breath=short of breath"]),
        ("en", "rash on my arm", ["rash=rash", "arm=arm"]),
        ("en", "I'll be back, call me back", []),
        ("en", "on the other hand, Tuesday", []),
        ("en", "skin doctor or heart doctor", []),
        ("de", "Hab Bauchweh und mir ist schlecht", ["abdominal_pain=Bauchweh", "nausea=mir ist schlecht"]),
        ("de", "Ranzenweh seit gestern", ["abdominal_pain=Ranzenweh"]),
        ("de", "mein Knie tut weh", ["knee=Knie", "pain=tut weh"]),
        ("de", "Schmerzen im rechten Arm", ["pain=Schmerzen", "arm=rechten Arm"]),
        ("de", "Kopfschmertzen", ["headache=Kopfschmertzen"]),
        ("de", "das Ohr juckt", ["ear=Ohr", "itching=juckt"]),
        ("de", "Fieber und Husten", ["fever=Fieber", "cough=Husten"]),
        ("de", "Hexenschuss!", ["back_pain=Hexenschuss"]),
        ("de", "Rücken kaputt", ["back_pain=Rücken kaputt"]),
        ("de", "Termin beim Zahnarzt", []),
        ("de", "ich werde warten und bar zahlen", []),
        ("de", "wann habt ihr Ferien", []),
        ("pt", "dor de barriga forte", ["abdominal_pain=dor de barriga"]),
        ("pt", "dor nas costas", ["back_pain=dor nas costas"]),
        ("pt", "tô com dor no joelho", ["pain=dor", "knee=joelho"]),
        ("pt", "meu pé dói muito", ["foot=pé", "pain=dói"]),
        ("pt", "dor de cabeça e febre", ["headache=dor de cabeça", "fever=febre"]),
        ("pt", "falta de ar", ["shortness_of_breath=falta de ar"]),
        ("pt", "meu filho tá vomitando", ["vomiting=vomitando"]),
        ("pt", "garganta inflamada e coriza", ["sore_throat=garganta inflamada", "runny_nose=coriza"]),
        ("pt", "coceira na perna", ["itching=coceira", "leg=perna"]),
        ("pt", "médico de pele", []),
        ("pt", "quero pagar as contas", []),
        ("pt", "o cara da vista", []),
        ("ru", "живот крутит", ["abdominal_pain=живот крутит"]),
        ("ru", "болит голова второй день", ["headache=болит голова"]),
        ("ru", "колено болит", ["knee=колено", "pain=болит"]),
        ("ru", "сильная боль в плече", ["pain=боль", "shoulder=плече"]),
        ("ru", "температура и кашель", ["fever=температура", "cough=кашель"]),
        ("ru", "ребёнка тошнит", ["nausea=тошнит"]),
        ("ru", "чешется рука", ["itching=чешется", "arm=рука"]),
        ("ru", "опухла нога", ["leg_swelling=опухла нога"]),
        ("ru", "u menya golova bolit", ["headache=golova bolit"]),
        ("ru", "к зубному врачу", []),
        ("ru", "на каком языке", []),
        ("ru", "я готова прийти", []),
        ("ar", "بطني بتوجعني", ["abdominal_pain=بطني بتوجعني"]),
        ("ar", "عندي مغص وسخونة", ["abdominal_pain=مغص", "fever=وسخونة"]),
        ("ar", "دوخة من الصبح", ["dizziness=دوخة"]),
        ("ar", "ركبتي توجعني", ["knee=ركبتي", "pain=توجعني"]),
        ("ar", "رجلي كتضرني بزاف", ["limb_pain=رجلي كتضرني"]),
        ("ar", "ألم في الكتف", ["pain=ألم", "shoulder=الكتف"]),
        ("ar", "أشعر بصداع شديد", ["headache=بصداع"]),
        ("ar", "عنده كحة وحرارة", ["cough=كحة", "fever=وحرارة"]),
        ("ar", "ضيق في التنفس", ["shortness_of_breath=ضيق في التنفس"]),
        ("ar", "ضرسي بيوجعني", ["toothache=ضرسي بيوجعني"]),
        ("ar", "كرشي كتضرني", ["abdominal_pain=كرشي كتضرني"]),
        ("ar", "ابني بيستفرغ وعنده إسهال", ["vomiting=بيستفرغ", "diarrhoea=إسهال"]),
        ("ar", "حلقي يوجعني", ["sore_throat=حلقي يوجعني"]),
        ("ar", "3andi soda3 w so5ona", ["headache=soda3", "fever=so5ona"]),
        ("ar", "batni btewga3ni", ["abdominal_pain=batni btewga3ni"]),
        ("ar", "عندي migraine", ["migraine=migraine"]),
        ("ar", "بدي دكتور عيون", []),
        ("ar", "دكتور قلب", []),
        ("ar", "صلاة الظهر", []),
        ("ar", "العربية واقفة برا", []),
    ],
)
def test_complaints_and_places(language: str, text: str, found: list[str]) -> None:
    assert health(text, language) == found


def test_a_part_near_a_complaint_has_a_role() -> None:
    knee, _ = find_health("knee hurts", "en")
    (far,) = find_health("an operation on the knee", "en")
    assert (knee["role"], far.get("role")) == ("location", None)


def test_the_component_adds_to_what_others_found() -> None:
    message = Message({TEXT: "Husten", "language": {"code": "de"}, ENTITIES: [{"entity": "time", "start": 0, "end": 0}]})
    doctor = {"entity": "practitioner", "start": 0, "end": 8}
    named = Message({TEXT: "Dr Fever", "language": {"code": "en"}, ENTITIES: [doctor]})
    HealthExtractor().process([message, named, Message({TEXT: None})])
    assert [entity["entity"] for entity in message.get(ENTITIES)] == ["time", "symptom"]
    assert named.get(ENTITIES) == [doctor]
