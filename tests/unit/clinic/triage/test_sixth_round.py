"""What the sixth round of players wrote and was not understood, or understood as its opposite."""

from __future__ import annotations

import pytest

from clinic.triage import findings, listed, reading, replies
from clinic.triage.conditions import Value
from clinic.triage.screen import CERTAIN, NONE, screen

EYE = ("eye_pain", "red_eye", "contact_lenses", "pus")
LIGHT = ("light_hurts", "eye_pain", "blurred_vision")
LEG = ("skin_infection", "red_eye", "fever", "blisters")
HEART = ("chest_pain_pressing", "cold_sweat", "saddle_numbness")
BREATH = ("breathless_at_rest", "shortness_of_breath", "pain_on_breathing")
BELLY = ("severe_abdominal_pain", "hard_belly", "vomiting_blood", "cannot_pass_urine")
JOINT = ("night_pain", "limb_not_used", "rash", "fever")
RED = ("redness_grows", "red_streaks", "fever")
WEAK = ("arm_weakness", "leg_weakness", "numbness")
STROKE = ("face_droop", "arm_weakness", "speech_problem")


def marked(text: str, language: str, names: tuple[str, ...], again: bool = False) -> dict[str, Value] | None:
    return listed.marked(text, language, names, reading.read(text, language), again)


@pytest.mark.parametrize(
    ("language", "text", "names", "sign", "value"),
    [
        # "… else nothing": what was told before it is not part of the nothing
        ("de", "ja licht ist echt fies, sonst nichts davon", LIGHT, "light_hurts", True),
        ("de", "weh tuts, rot isses auch, und linsen trag ich ja wie gesagt. rest nicht", EYE, "eye_pain", True),
        ("de", "Und hoaß und rot und weh duads. Des andre ois ned", LEG, "skin_infection", True),
        ("de", "nix davo, aba de rötn werd scho größer, gestan handbroat, heid bis zum knia", RED, "redness_grows", True),
        ("de", "nur die letzten zwei, Luft weniger anne Treppe und dat Stechen beim tief Atmen", BREATH, "pain_on_breathing", True),
        ("pt", "febre deu 38,2 e o vermelho creceu de ontem pra hoje, o resto nao", RED, "redness_grows", True),
        ("pt", "só a última, a que acorda de noite. Cair não caí", JOINT, "night_pain", True),
        ("ru", "ничего из списка кроме того что болит сильно терпеть трудно", BELLY, "severe_abdominal_pain", True),
        ("ru", "на руке покраснело место где укол, размером с монетку, больше ничего", LEG, "skin_infection", True),
        # two denials do not close what is told beside them
        ("en", "It does wake me when I roll on it, and I can't lift the arm past my shoulder. No fall, no rash", JOINT, "night_pain", True),
        ("en", "It does wake me when I roll on it, and I can't lift the arm past my shoulder. No fall, no rash", JOINT, "limb_not_used", True),
        # a "but" in the middle ends what is denied behind it, without any comma
        ("ru", "тяжело как то в груди тоже и пот холодный а чтоб немело нет", HEART, "chest_pain_pressing", True),
        ("ru", "тяжело как то в груди тоже и пот холодный а чтоб немело нет", HEART, "cold_sweat", True),
        # the curtain is denied, nine words behind the flashes
        ("ru", "так я же сказал мушки и вспышки сбоку внезапно вчера в обед началось занавески никакой нету вижу хорошо",
         ("flashes_floaters", "red_eye"), "flashes_floaters", True),
        # a no goes on
        ("de", "Nee, Pien heff ik nich. Blots de rechte Hand will nich, un de rechte Foot slurrt", WEAK, "arm_weakness", True),
        ("de", "na, nix. schwanger bin i a net haha", ("pregnant", "diabetes"), "pregnant", False),
        ("de", "fieber nee 37,2", ("fever", "chills"), "fever", False),
        ("de", "föhlen do ik allens, keen Gewicht verloren", ("weight_loss", "fever"), "weight_loss", False),
        ("ar", "1 la2, 3 aywa shazeyya sghira, w el ba2y la", ("eye_chemical", "red_eye", "eye_injury"), "eye_injury", True),
        # as it should be is no sign
        ("de", "Keine. Kopf gut, kein Fieber, 37,0", ("headache", "fever"), "headache", False),
        ("ru", "нет, только пальцы немеют и то ночью. лицо и речь нормальные, не слабая", STROKE, "speech_problem", False),
        ("en", "the light really does hurt, had to shut the curtains. nothing else", ("flashes_floaters", "light_hurts"), "flashes_floaters", False),
        # a no before a comma answers by itself
        ("pt", "não, menstruei semana passada", ("missed_period", "vaginal_bleeding"), "missed_period", False),
    ],
)  # fmt: skip
def test_what_an_answer_says_of_a_row(language: str, text: str, names: tuple[str, ...], sign: str, value: Value) -> None:
    found = marked(text, language, names)
    assert found is not None and found[sign] is value


def test_who_does_not_know_has_not_said_yes() -> None:
    text = "иммунитет не знаю, сахарный диабет у меня, метформин и джардинс"
    assert not (marked(text, "ru", ("immune_suppressed",)) or {}).get("immune_suppressed")


def test_an_exception_at_the_beginning_is_no_denial() -> None:
    assert (marked("غير القطة عضتني، والو اخر", "ar", ("snake_bite", "animal_bite")) or {}).get("animal_bite") is not False


def test_what_nobody_could_read_brings_the_list_back() -> None:
    text = "das zwackelt mir alleweil so gspassig umanand, sonst nichts davon"
    assert not (marked(text, "de", ("fever", "chills", "rash")) or {})
    assert marked(text, "de", ("fever", "chills", "rash"), again=True) == dict.fromkeys(("fever", "chills", "rash"), False)


@pytest.mark.parametrize(
    "text",
    [
        "Puste hab ich nur anne Treppe weniger, und beim tief Luftholen stichtet links. Sonst nix",
        "Nee, Brust drückt nich, Blut auch nich. Braun isses",
        "meu peito direito ta uma pedra, vermelho e pegando fogo, dando de mama doi pra caramba e to com 38,9",
        "عم رضّع ابني عمرو ٥ أسابيع وصدري الشمال صاير متل الحجر وأحمر وعم يوجعني موت",
        "I can't lift the arm past my shoulder",
        "não, respira",
        "не, дышит",
    ],
)
def test_it_is_no_alarm(text: str) -> None:
    assert screen(text).level == NONE


@pytest.mark.parametrize("text", ["não respira", "не дышит", "a casa está pegando fogo", "mir drückt es auf der Brust"])
def test_the_real_thing_is_one(text: str) -> None:
    assert screen(text).level == CERTAIN


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("pt", "meu peito direito ta uma pedra, vermelho, dando de mama doi pra caramba"),
        ("ar", "عم رضّع ابني وصدري الشمال صاير متل الحجر وأحمر"),
        ("ru", "кормлю малыша, грудь болит красная"),
    ],
)
def test_who_nurses_means_the_breast(language: str, text: str) -> None:
    said = reading.read(text, language)
    assert said.known["breastfeeding"] is True
    assert "chest_pain" not in said.known and "chest" not in said.parts
    assert "breast" in said.parts or "breast_pain" in said.complaints


def test_pressure_stays_the_chests() -> None:
    assert reading.read("кормлю малыша, давит в груди", "ru").known.get("chest_pain_pressing") is True


def test_the_babys_weeks_are_no_duration() -> None:
    assert "days" not in reading.read("кормлю малыша 4 недели, грудь болит красная", "ru").known


def test_who_denies_the_whole_denies_the_part() -> None:
    said = reading.read("Wieso Bauch? Ich hab keine Bauchschmerzen", "de")
    assert findings.completed(said.known)["severe_abdominal_pain"] is False


@pytest.mark.parametrize(("language", "text"), [("en", "4 I'd say, worse in bed"), ("pt", "piora de madrugada")])
def test_worse_at_some_hour_is_no_course(language: str, text: str) -> None:
    assert "course" not in reading.read(text, language).known


def test_a_row_with_a_no_behind_its_number_is_not_meant() -> None:
    text = "1 la2, 3 aywa shazeyya sghira, w el ba2y la"
    assert not (marked(text, "ar", ("eye_chemical", "red_eye", "eye_injury")) or {}).get("eye_chemical")
    assert replies.rows("1 no, 3 yes", "en", 5) == (2,)


@pytest.mark.parametrize(
    ("language", "text", "sign"),
    [("de", "nein nix, nur schlaft viel, schwer wach zu machen für trinken", "hard_to_wake")],
)
def test_what_stands_behind_a_no_is_told_all_the_same(language: str, text: str, sign: str) -> None:
    assert reading.read(text, language).known[sign] is True


@pytest.mark.parametrize(
    ("language", "text"), [("de", "jetzt null, dem gohts guat"), ("ru", "ноль боли нету"), ("en", "zero")]
)
def test_nothing_of_ten(language: str, text: str) -> None:
    assert reading.severity(text, language) == 0


def test_a_weak_stream_is_no_weakness() -> None:
    assert "weakness" not in reading.read("da Strahl is schwach und tröpfelt nach", "de").known
