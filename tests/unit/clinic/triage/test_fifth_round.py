"""What the fifth round of players wrote and was not understood, or understood as its opposite."""

from __future__ import annotations

import pytest

from clinic.triage import listed, reading
from clinic.triage.conditions import Value
from clinic.triage.screen import CERTAIN, LIKELY, NONE, screen

STAIRS = ("shortness_of_breath", "high_energy_injury", "fever")
SKIN = ("rash_spreading_fast", "fever", "skin_infection", "blisters")
FOOT = ("numbness", "skin_infection", "fever", "diabetes")
SUN = ("chemical_or_electrical", "sunburn", "blisters")
GAS = ("gas_or_smoke", "fever", "stiff_neck")
KNEE = ("cannot_bear_weight", "fever", "joint_hot_swollen", "cold_sweat")


def marked(text: str, language: str, names: tuple[str, ...], again: bool = False) -> dict[str, Value] | None:
    return listed.marked(text, language, names, reading.read(text, language), again)


@pytest.mark.parametrize(
    ("language", "text", "names", "sign", "value"),
    [
        ("pt", "nada disso só a bolinha branca no lábio de baixo", ("face_throat_swelling", "fever"), "face_throat_swelling", False),
        ("pt", "so um pouco, cansei mais subindo a escada de casa", STAIRS, "shortness_of_breath", True),
        ("pt", "bah, não, nada assim. vai aumentando devagar, cresceu uns dois dedo", SKIN, "rash_spreading_fast", False),
        ("de", "Taubes Gefühl, Rötung. Fieber habe ich keines.", FOOT, "fever", False),
        ("de", "Taubes Gefühl, Rötung. Fieber habe ich keines.", FOOT, "skin_infection", True),
        ("de", "Die Füße spüren schon lange nichts mehr. Rot ist es schon, bis zum halben Fuß.", FOOT, "skin_infection", True),
        ("de", "des ned, aber recht schlafrig is scho, ma kriagts scho wach wann ma rüttelt", ("hard_to_wake",), "hard_to_wake", True),
        ("de", "ne nix, seh ganz normal", ("red_eye", "blurred_vision"), "blurred_vision", False),
        ("ru", "как солнечный ток из солярия, остального нет", SUN, "chemical_or_electrical", False),
        ("ru", "ну мушки и вспышки короче. занавески нет", ("flashes_floaters", "red_eye"), "flashes_floaters", True),
        ("ru", "газом не пахнет. колонка газовая старая в ванной, остального нет", GAS, "gas_or_smoke", True),
        ("ru", "на улицу когда вышла полегчало", GAS, "gas_or_smoke", True),
        ("ar", "نعم الجلد أحمر ومتورم لكنه لا يؤلمني، ولا توجد حرارة", FOOT, "skin_infection", True),
        ("en", "Ah yes o, I carry belle, five months now", ("pregnant", "diabetes"), "pregnant", True),
    ],
)  # fmt: skip
def test_what_an_answer_says_of_a_row(language: str, text: str, names: tuple[str, ...], sign: str, value: Value) -> None:
    found = marked(text, language, names)
    assert found is not None and found[sign] is value


def test_enough_air_is_no_row_about_not_enough_of_it() -> None:
    assert marked("воздуху хватает", "ru", ("shortness_of_breath", "fever")) is None


def test_the_rest_no_is_believed_when_the_list_came_back() -> None:
    text = "не ну ходить могу, просто больно по лестнице. остального нет"
    assert marked(text, "ru", KNEE) is None
    assert marked(text, "ru", KNEE, again=True) == dict.fromkeys(KNEE, False)


@pytest.mark.parametrize(
    ("language", "text", "known"),
    [
        (
            "en",
            "anytime I want to urinate it is peppering me. I dey go toilet every ten minutes",
            {"painful_urination": True},
        ),
        ("en", "up four times a night to spend a penny", {"frequent_urination": True}),
        ("ru", "беременность 31 неделя писала же", {"pregnancy_week": 31.0}),
        ("ar", "أشعر بحرقة في أعلى بطني منذ ستة أسابيع", {"heartburn": True}),
        ("ar", "salam wldi 3ndo 3 snin bla3 l7jra d telecommande", {"battery_or_magnet": True, "age": 3.0}),
    ],
)
def test_what_is_told_unasked(language: str, text: str, known: dict[str, Value]) -> None:
    said = reading.read(text, language)
    assert {name: said.known.get(name) for name in known} == known
    assert said.lasting is None or language == "ar"


def test_how_often_in_words_is_no_duration() -> None:
    assert "days" not in reading.read("I go to the toilet every ten minutes", "en").known


def test_a_week_of_pregnancy_is_nobody_s_age() -> None:
    assert reading.age("30 мне, беременность 31 неделя писала же", "ru") == 30


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("pt", "insuportavel acho q nao, ele ta com bastante dor mas aguenta"),
        ("de", "er sagt sehr weh ja aber nicht unerträglich"),
        ("en", "it hurts, unbearable no, but strong"),
    ],
)
def test_what_is_not_unbearable(language: str, text: str) -> None:
    assert reading.read(text, language).known.get("severity") is None


@pytest.mark.parametrize(
    ("text", "level"),
    [
        ("У нас всей семьёй голова болит и тошнит со вчерашнего вечера", LIKELY),
        ("everyone in the house has a headache, it is better when we go outside", LIKELY),
        ("wir alle haben Kopfschmerzen seit die Therme läuft", LIKELY),
        ("احنا كلنا في البيت صحينا مصدعين ودايخين وبنتي رجّعت", LIKELY),
        ("todo mundo aqui com dor de cabeça desde cedo", LIKELY),
        ("we all woke up with a banging headache, the dog is wobbly", LIKELY),
        ("alle zuhause seit heute früh Kopfweh und uns ist schlecht", LIKELY),
        ("муж спит и еле добудишься его", LIKELY),
        ("у меня челюсть ноет и рука левая с утра наверно шею застудила", LIKELY),
        ("meu peito direito tá pegando fogo, vermelho e duro de leite", NONE),
        ("só dor mesmo, não acordo de noite não", NONE),
        ("أشعر بحرقة في أعلى بطني منذ ستة أسابيع", NONE),
        ("الشاي المغلي انسكب على وجه ابني", CERTAIN),
    ],
)
def test_how_dangerous_it_sounds(text: str, level: str) -> None:
    assert screen(text).level == level
