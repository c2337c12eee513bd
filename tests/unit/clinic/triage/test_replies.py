"""Answers in people's own words to a list of signs, to a yes-or-no question, and to "may I ask?".

Most of these sentences were typed by people who played patients and were not understood.
"""

from __future__ import annotations

import pytest

from clinic import yamlfile
from clinic.settings import SUPPORTED_LANGUAGES
from clinic.triage import findings, listed, reading, replies
from clinic.triage.conditions import Value

BELLY = (
    "severe_abdominal_pain",
    "hard_belly",
    "vomiting_blood",
    "black_stool",
    "jaundice",
    "chest_pain",
    "pain_right_lower",
)
BREATH = ("breathless_at_rest", "pain_on_breathing", "blue_lips", "coughing_blood")
EYE = ("flashes_floaters", "sudden_vision_loss", "red_eye")
MOOD = ("self_harm_thoughts", "low_mood", "anxiety")
SKIN = ("new_medicine", "hives", "blisters", "red_eye")
KIDNEY = ("flank_pain", "chills", "vomiting")
NECK = ("stiff_neck", "confusion", "non_blanching_rash")


def marked(text: str, language: str, names: tuple[str, ...]) -> dict[str, Value] | None:
    return listed.marked(text, language, names, reading.read(text, language))


@pytest.mark.parametrize(
    ("language", "text", "names", "there"),
    [
        ("en", "belly is hard like stone", BELLY, {"hard_belly"}),
        (
            "en",
            "stomach is like stone only, right side lower pain, but no blood",
            BELLY,
            {"hard_belly", "pain_right_lower"},
        ),
        ("en", "it hurts when i take a deep breath, nothing else", BREATH, {"pain_on_breathing"}),
        ("en", "I was shivering last night and threw up once, the others no", KIDNEY, {"chills", "vomiting"}),
        ("en", "pee wont come, i need to push", ("cannot_pass_urine", "saddle_numbness"), {"cannot_pass_urine"}),
        ("en", "yes the legs are a bit weak lately", ("leg_weakness", "saddle_numbness"), {"leg_weakness"}),
        ("de", "es sticht rechts wenn ich tief einatme, sonst nichts", BREATH, {"pain_on_breathing"}),
        ("de", "Blasen ja, und brennt. Blutdrucktablette nehm ich schon lang, sonst nichts", SKIN, {"blisters"}),
        ("pt", "nada disso, só as bolhas e o olho", SKIN, {"blisters"}),
        ("pt", "penso muito na morte", MOOD, {"self_harm_thoughts"}),
        ("ru", "да вспышки и мушки, остального нет", EYE, {"flashes_floaters"}),
        ("ru", "пузыри и глаз красный, нового ничего не пью", SKIN, {"blisters", "red_eye"}),
        ("ru", "только бок где почка, да, остального нет", KIDNEY, {"flank_pain"}),
        ("ar", "في وجع بخاصرتي اليمين من مبارح والباقي لا", KIDNEY, {"flank_pain"}),
    ],
)
def test_a_sign_in_own_words_is_marked(language: str, text: str, names: tuple[str, ...], there: set[str]) -> None:
    found = marked(text, language, names)
    assert found is not None and {name for name, value in found.items() if value} >= there
    assert not any(found[name] is None for name in found)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Nothing of this, I have no accident had, the shoulder is not warm"),
        ("en", "Goodness no, she's running about and drinking her juice"),
        ("en", "None of these, but my right eye is red and gritty since this morning"),
        ("de", "Nei, nüt vo dem"), ("de", "nix davon"),
        ("pt", "nada disso mano, só nariz e garganta"), ("pt", "não senhor, nada"),
        ("ru", "нет ничего такого, только насморк"), ("ru", "не ничего"), ("ru", "ничего нету, вши же"),
        ("ar", "la2"), ("ar", "mafish 7aga"), ("ar", "wala wa7ed"), ("ar", "لا والله ما في شي"), ("ar", "non rien de ça"),
        ("ar", "walou"),
    ],
)  # fmt: skip
def test_none_of_these_in_own_words_denies_all(language: str, text: str) -> None:
    assert marked(text, language, NECK) == dict.fromkeys(NECK, False)


@pytest.mark.parametrize(
    ("language", "text", "names", "denied"),
    [
        ("ru", "губы нормальные дышу хорошо ничего этого нет сыпь только полосой", ("face_throat_swelling",), "face_throat_swelling"),
        ("ru", "вроде ничего такого, за ушком не припухло", ("swelling_behind_ear",), "swelling_behind_ear"),
        ("ru", "ничего этого нет, хожу прямо", ("balance_problem",), "balance_problem"),
        ("ru", "веко болит если потрогать, линзы не ношу", ("infection_near_eye", "contact_lenses"), "contact_lenses"),
        ("ru", "нет, газы отходят, просто вздутие", ("no_wind",), "no_wind"),
        ("pt", "não, amarelo não", ("jaundice",), "jaundice"),
        ("pt", "sim, remédio novo, os de ferro. febre não", ("fever", "new_medicine"), "fever"),
        ("pt", "vomito nao", ("vomiting", "fever"), "vomiting"),
        ("en", "No, ma tummy is fine", ("abdominal_pain", "fever"), "abdominal_pain"),
        ("en", "none of these, im on the birth control pill", ("after_birth", "fever"), "after_birth"),
        ("ar", "non, mafihach skhana", ("fever", "vomiting"), "fever"),
        ("de", "nei nüt, kei Atemnot und d Lippe sind normal", ("face_throat_swelling", "hives"), "face_throat_swelling"),
    ],
)  # fmt: skip
def test_a_denied_sign_is_denied(language: str, text: str, names: tuple[str, ...], denied: str) -> None:
    found = marked(text, language, names)
    assert found is not None and found[denied] is False


@pytest.mark.parametrize(
    ("language", "text", "rows"),
    [
        ("en", "2", (1,)), ("en", "number 3, 4 and 8", (2, 3, 7)), ("en", "only the third", (2,)), ("de", "die zweite", (1,)),
        ("pt", "a 1 e a 3", (0, 2)), ("pt", "nenhuma dessas... bem, a primeira se calhar", (0,)), ("ar", "8 w 7", (7, 6)),
        ("ar", "7,8", (6, 7)), ("ar", "7 و 8", (6, 7)), ("ar", "السابعة بس", (6,)), ("ru", "под номером 3", (2,)),
        ("en", "3 days", ()), ("en", "39.2 degrees", ()), ("en", "the first time was in May", ()), ("ar", "la2", ()),
        ("ar", "mafish 7aga", ()), ("ar", "3andi skhana", ()), ("en", "20 months, girl", ()), ("pt", "2 vezes", ()),
        ("ar", "انا حامل في الخامس", ()), ("ar", "awel wa7da bas", (0,)), ("ar", "el oula sokhna 39.2", (0,)),
    ],
)  # fmt: skip
def test_rows_are_meant_by_free_standing_numbers_only(language: str, text: str, rows: tuple[int, ...]) -> None:
    assert replies.rows(text, language, 9) == rows


def test_what_is_not_named_stays_open_behind_one_sign_alone() -> None:
    assert marked("молнии и мушки", "ru", EYE) == {"flashes_floaters": True}
    assert marked("no blood", "en", BELLY) is not None
    assert marked("what do you mean?", "en", NECK) is None
    assert marked("i dont know", "en", NECK) == dict.fromkeys(NECK)


@pytest.mark.parametrize(
    ("language", "text", "no", "yes"),
    [
        ("en", "uh no, it's just my sinuses, nothing serious", True, False), ("en", "no idea", False, False),
        ("en", "Yes, it still hurts", False, True), ("de", "hä nein, ist nur ne kleine stelle", True, False),
        ("de", "nein, die spielt", True, False), ("pt", "não visse, agora ele tá quietinho", True, False),
        ("pt", "agora sim, mas não deve ser nada grave", False, True), ("pt", "não consigo respirar", False, False),
        ("ru", "нет сейчас не рвет", True, False), ("ru", "да сейчас, 39 и 7", False, True),
        ("ar", "لا من تلات ايام", True, False), ("ar", "la2 mafish 7aga 5ateera, da men 12 yom", True, False),
        ("ar", "لا يستطيع التنفس", False, False), ("ar", "ايوه الورم موجود", False, True),
    ],
)  # fmt: skip
def test_how_an_answer_begins(language: str, text: str, no: bool, yes: bool) -> None:
    found = replies.reply(text, language)
    assert (found.no, found.yes) == (no, yes)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("pt", "Pode perguntar guria"), ("pt", "pd ser"), ("pt", "força"), ("pt", "ya"), ("de", "ja kein problem"), ("ru", "давай"),
        ("ar", "mwafe2"), ("ar", "oui"), ("ar", "n3am"), ("ar", "طيب يا ابني متل ما بدك"), ("ar", "اي موافقة بس شو بعطيه"),
    ],
)  # fmt: skip
def test_people_agree_in_many_ways(language: str, text: str) -> None:
    assert replies.reply(text, language).agrees


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_every_sign_has_words_in_every_language(language: str) -> None:
    written = yamlfile.load(reading.SIGNS / f"{language}.yml")
    assert set(written) == findings.signs()
    assert all(kinds.get("asked") for kinds in written.values())


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
def test_no_words_mean_two_signs_out_of_the_blue(language: str) -> None:
    # What an everyday word is in one is often part of another; the same expression under two is nearly always a slip.
    said = [str(word) for words in reading.sign_words(language, "said").values() for word in words]
    assert len(said) - len(set(said)) <= 0.02 * len(said)


@pytest.mark.parametrize(
    ("language", "text", "names", "sign", "value"),
    [
        ("ar", "ايه فقاعات وعيني اليسار حمرا وتدمع", SKIN, "blisters", True),
        ("pt", "n, so canso na escada. doi do lado qdo tusso e qdo puxo fundo um pouco", BREATH, "pain_on_breathing", True),
        ("ru", "Только Kater, обычный домашний. Больше ничего", ("animal_bite", "tick_bite"), "animal_bite", True),
        ("pt", "da minha gata, mordida de animal", ("animal_bite", "tick_bite"), "animal_bite", True),
        ("pt", "n é assim tanto, engulo mas doi, bebo bem", ("cannot_swallow", "fever"), "cannot_swallow", None),
        ("ar", "لا بيفيق وبيشرب", ("hard_to_wake", "cannot_drink"), "hard_to_wake", False),
        ("ar", "مش راضي يصحى", ("hard_to_wake", "cannot_drink"), "hard_to_wake", True),
        ("de", "ja ich kann nicht auftreten", ("cannot_bear_weight", "injury"), "cannot_bear_weight", True),
        ("de", "auftreten geht gut", ("cannot_bear_weight", "injury"), "cannot_bear_weight", None),
        ("en", "I am man. immune is normal", ("immune_suppressed", "cancer"), "immune_suppressed", False),
        ("en", "my immune is not normal", ("immune_suppressed", "cancer"), "immune_suppressed", True),
        ("de", "was für batterie? nein nix davon", ("battery_or_magnet", "fever"), "battery_or_magnet", False),
        ("de", "keinen druck auf der brust", ("chest_pain_pressing", "fever"), "chest_pain_pressing", False),
        ("de", "wachsn duad des scho bis unters Knia. sonst nix", ("rash_spreading_fast", "fever"), "fever", None),
    ],
)
def test_one_sign_of_a_list(language: str, text: str, names: tuple[str, ...], sign: str, value: Value) -> None:
    assert (marked(text, language, names) or {}).get(sign) is value


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "hahaha I am a man. none"), ("de", "i bin a Mo :) nix davo"), ("en", "none of these only")],
)
def test_a_no_at_the_end_is_a_no_to_all(language: str, text: str) -> None:
    assert marked(text, language, NECK) == dict.fromkeys(NECK, False)
    assert not replies.reply(text, language).only


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "ok no problem"), ("pt", "ok sem problema"), ("ru", "нет проблем"), ("ru", "soglasen"), ("ar", "مفيش مشكلة")],
)
def test_no_problem_is_a_yes_to_may_i(language: str, text: str) -> None:
    said = replies.reply(text, language)
    assert said.agrees and not said.no


def test_a_row_is_meant_by_a_word_that_no_other_has() -> None:
    titles = ("Sick baby", "Breast complaint", "Skin complaint")
    assert listed.of_titles("breast, the right one", "en", titles) == (1,)
    assert listed.of_titles("some complaint", "en", titles) == ()
    assert listed.of_titles("not the breast", "en", titles) == ()


@pytest.mark.parametrize(
    ("language", "text", "names", "sign", "value"),
    [
        # A row in words that nobody foresaw is no no.
        ("ar", "الحبوب بتلسع على كصتي وباقي لا", SKIN, "blisters", None),
        ("ru", "na lbu takie shtuki, i glaz krasny, ostalnogo net", SKIN, "blisters", None),
        ("ru", "не, ниче из этого, просто сонный", ("hard_to_wake", "confusion"), "hard_to_wake", False),
        ("ru", "при глубоком вдохе слева колет, остального нет", ("stridor", "pain_on_breathing"), "stridor", False),
        ("en", "no, but I vomit 3 times, water I can drink", ("cannot_drink", "vomiting"), "cannot_drink", False),
        ("de", "sonst lasst sie sich gut trösten", ("inconsolable", "painful_urination"), "inconsolable", None),
        ("pt", "nao, nada, chora mas no colo acalma", ("inconsolable", "fever"), "inconsolable", False),
    ],
)
def test_the_fourth_round_s_lists(language: str, text: str, names: tuple[str, ...], sign: str, value: Value) -> None:
    assert (marked(text, language, names) or {}).get(sign) is value
