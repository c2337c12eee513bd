"""What a patient's first words tell triage, in five languages: how long, how old, and what only looks like it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from clinic import clock
from clinic.triage import reading
from clinic.triage.amounts import is_amount


@pytest.fixture(autouse=True)
def _a_monday() -> Iterator[None]:
    """Weekdays count from today."""
    clock.freeze(dt.datetime(2026, 11, 23, 9, tzinfo=dt.timezone.utc))
    yield
    clock.freeze(None)


@pytest.mark.parametrize(
    ("language", "text", "days"),
    [
        ("en", "throwing up every 2 hours for 3 days", 3),
        ("de", "seit 4 tagen alle 2 stunden durchfall", 4),
        ("pt", "diarreia há 5 dias, de 2 em 2 horas", 5),
        ("ru", "рвота каждые 2 часа, уже 3 дня", 3),
        ("ar", "عندي اسهال من 3 ايام كل ساعتين", 3),
        ("en", "she is 4 years old and coughs since a week", 7),
    ],
)
def test_how_long_it_has_lasted(language: str, text: str, days: float) -> None:
    assert reading.read(text, language).known["days"] == days


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "my baby only poos every 4 days"),
        ("de", "sie hat nur alle 4 tage stuhlgang"),
        ("pt", "só faz cocô de 4 em 4 dias, sai durinho"),
        ("ru", "ходит по большому раз в 4 дня"),
        ("ar", "بيعمل حمام كل 4 ايام"),
    ],
)
def test_how_often_is_not_how_long(language: str, text: str) -> None:
    assert "days" not in reading.read(text, language).known


@pytest.mark.parametrize(
    ("language", "text", "years"),
    [
        ("en", "my daughter is 4 and has a fever", 4),
        ("de", "mein sohn ist 8 monate alt und hustet", 0.667),
        ("pt", "meu pai tem 71 anos e tosse muito", 71),
        ("ru", "дочке 5 лет, болит ухо", 5),
        ("ar", "بنتي عمرها 4 سنين وعندها كحة", 4),
    ],
)
def test_how_old(language: str, text: str, years: float) -> None:
    assert reading.read(text, language).known["age"] == years


@pytest.mark.parametrize(
    ("language", "text", "amount"),
    [
        ("ar", "40 سنة", True),
        ("ru", "34 года", True),
        ("en", "since 3 days", True),
        ("de", "8 Monate alt", True),
        ("pt", "2 dias", True),
        ("en", "39.5", True),
        ("en", "999 help", False),
        ("pt", "3 desmaios", False),
        ("en", "help", False),
        ("en", "3 weeks maybe", True),
        ("pt", "ah uns 4 meses", True),
        ("ru", "ну где-то 2 недели", True),
        ("ar", "يمكن 3 أيام والله", True),
        ("de", "so ungefähr 10 Tage glaub ich", True),
        ("en", "maybe she is dead 3", False),
    ],
)
def test_an_amount_alone_tells_of_nothing(language: str, text: str, amount: bool) -> None:
    assert is_amount(text, language) is amount


@pytest.mark.parametrize(
    ("language", "text", "years"),
    [
        ("ar", "سنتين ونص", 2.5),
        ("ar", "شهرين", 0.167),
        ("ar", "سنة ونص", 1.5),
        ("ar", "santen w noss", 2.5),
        ("en", "two and a half", 2.5),
        ("en", "a year and a half", 1.5),
        ("pt", "um ano e meio", 1.5),
        ("pt", "dois anos e meio", 2.5),
        ("ru", "два с половиной года", 2.5),
        ("ru", "полгода", 0.5),
        ("ru", "месяц", 0.083),
        ("de", "zweieinhalb", 2.5),
        ("de", "6 Wochen", 0.115),
    ],
)
def test_how_old_as_a_mother_says_it(language: str, text: str, years: float) -> None:
    assert reading.age(text, language) == years


@pytest.mark.parametrize(
    ("language", "text", "lasted"),
    [
        ("ru", "месяца полтора", 45),
        ("ru", "года два", 730),
        ("ar", "شهر ونص", 45),
        ("ar", "شهرين", 60),
        ("ar", "chhar w noss", 45),
        ("pt", "um mês e meio", 45),
        ("en", "a month and a half", 45),
        ("de", "anderthalb Monate", 45),
        ("de", "ne Woche", 7),
        ("en", "3", 3),
    ],
)
def test_since_when_with_halves_and_duals(language: str, text: str, lasted: float) -> None:
    assert reading.days(text, language) == lasted


@pytest.mark.parametrize(
    ("language", "text", "years"),
    [
        ("de", "mein Baby ist 6 Wochen und spuckt", 0.115),
        ("en", "my baby is 6 weeks and spits up", 0.115),
        ("pt", "meu bebê tem 5 semanas e chora", 0.096),
        ("ru", "малышу 6 недель, срыгивает", 0.115),
        ("ar", "البيبي 6 أسابيع ومش بيرضع", 0.115),
    ],
)
def test_a_baby_s_weeks_are_its_age(language: str, text: str, years: float) -> None:
    assert reading.read(text, language).known == {"age": years}


@pytest.mark.parametrize(
    ("language", "text", "lasted"),
    [
        ("de", "kratzt die ganze Nacht", None),
        ("en", "I type all day, can I come today?", None),
        ("pt", "tosse a noite toda", None),
        ("ru", "можно сегодня на приём, болит спина", None),
        ("ar", "ممكن اجي اليوم؟ عندي صداع", None),
        ("pt", "começou hoje", 0.3),
        ("de", "seit heute Fieber", 0.3),
    ],
)
def test_a_time_of_day_alone_is_no_duration(language: str, text: str, lasted: float | None) -> None:
    """The question for the duration would fall out, and what lasts for weeks end in self-care."""
    assert reading.read(text, language).known.get("days") == lasted
    assert reading.days("today", "en") == 0.3


@pytest.mark.parametrize(
    ("language", "text", "known"),
    [
        ("ru", "не беременна у меня спираль стоит", {"pregnant": False}),
        ("ru", "я мужик какая беременность", {"pregnant": False, "sex": "male"}),
        ("ar", "لا اكيد مش حامل باخد حبوب منع الحمل", {"pregnant": False}),
        ("ar", "ana rayyal mob 7amel", {"pregnant": False, "sex": "male"}),
        ("de", "Fieber hab ich keins", {"fever": False}),
        ("ru", "я беременна 20 недель, второй день сопли", {"pregnant": True, "pregnancy_week": 20.0, "days": 2.0}),
    ],
)
def test_what_is_denied_or_counted_in_words_of_another_order(language: str, text: str, known: dict[str, object]) -> None:
    found = reading.read(text, language).known
    assert {name: found.get(name) for name in known} == known


def test_a_figure_that_is_a_letter_counts_nothing() -> None:
    assert reading.read("3omre 27", "ar").known.get("age") != 3.0
    assert reading.age("27", "ar") == 27.0 and reading.days("3andi mn 2 ayam", "ar") == 2.0


def test_who_is_spoken_to_is_not_the_patient_and_a_bit_is_no_severity() -> None:
    assert "sex" not in reading.read("يا ابني ركبي عم توجعني", "ar").known
    assert "severity" not in reading.read("is mir bissl peinlich", "de").known
    assert reading.severity("терпимо, 4", "ru") == 4.0 and reading.age("siebenundzwanzig", "de") == 27.0


@pytest.mark.parametrize(
    "text,years", [("I bin dreiasechzg", 63), ("oanazwanzg", 21), ("zwoaravierzig", 42), ("achtesächzg", 68)]
)
def test_numbers_as_they_are_said_in_the_south(text: str, years: float) -> None:
    assert reading.age(text, "de") == years


@pytest.mark.parametrize(
    "text,language,days", [("faz uns 40 e poucos dias", "pt", 40), ("poucos dias", "pt", 3), ("40 odd days now", "en", 40)]
)
def test_a_count_and_some_more(text: str, language: str, days: float) -> None:
    assert reading.days(text, language) == days
    assert reading.read(text, language).known["days"] == days


def test_the_mouth_of_the_stomach_is_no_mouth() -> None:
    assert reading.read("tô com uma dor na boca do estômago", "pt").parts == ("stomach",)


@pytest.mark.parametrize(
    ("language", "text", "degrees"),
    [
        ("en", "yes its red and hot, 39.1 this morning", 39.1), ("de", "gestern abend 37,9, heute nur noch 37,2", 37.9),
        ("de", "neununddreißig zwei", 39.2), ("pt", "38 e meio", 38.5), ("pt", "38 e 2", 38.2),
        ("ru", "температур 38 и один", 38.1), ("ru", "тридцать семь и два", 37.2), ("ar", "حرارته ٣٩ ونص", 39.5),
        ("en", "i weigh 39.5 kg", None), ("de", "38,5 wochen", None), ("en", "she is 38", None),
    ],
)  # fmt: skip
def test_degrees_need_no_unit(language: str, text: str, degrees: float | None) -> None:
    assert reading.read(text, language).known.get("temperature") == degrees


@pytest.mark.parametrize(
    ("language", "text", "fever"),
    [
        ("en", "temperature 37.4", None), ("ru", "температура тридцать семь и два", None),
        ("en", "he had a fever, now 37.4", True), ("en", "fever is not there", False),
    ],
)  # fmt: skip
def test_the_word_for_what_is_measured_is_no_fever_beside_a_low_figure(language: str, text: str, fever: object) -> None:
    assert reading.read(text, language).known.get("fever") is fever


@pytest.mark.parametrize(
    ("language", "text", "days"),
    [
        ("en", "neither, period was last week", None),
        ("ar", "لعبت كوره امبارح اول مره من سنه فخادي الاتنين واجعاني", 1.0),
        ("ar", "عندي وجع من شهر ونص", 45.0),
        ("ar", "ketfy el yemeen beyewga3ny", None),
        ("de", "meine baby 10 monat hat fieber vier tag schon immer 39", 4.0),
    ],
)
def test_other_times_are_no_duration(language: str, text: str, days: float | None) -> None:
    assert reading.read(text, language).known.get("days") == days


def test_four_days_in_casablanca() -> None:
    assert reading.days("من ربع ايام", "ar") == 4.0


def test_only_what_is_said_to_last_is_a_duration_in_an_answer() -> None:
    assert reading.read("no, only since 3 days", "en").lasting == 3.0
    assert reading.read("I stopped that last week", "en").lasting is None


@pytest.mark.parametrize(
    ("language", "text", "severity"),
    [("en", "3 or 4", 4.0), ("pt", "um 3, talvez 4 a comer", 4.0), ("en", "yesterday was 7, now more 5", 7.0)],
)
def test_of_several_figures_the_highest_is_how_bad_it_is(language: str, text: str, severity: float) -> None:
    assert reading.severity(text, language) == severity


@pytest.mark.parametrize(
    ("language", "text", "sign"),
    [
        ("ru", "ничего из этого точка", "low_mood"),
        ("pt", "desde ontem n consigo descer escadas, as duas coxas todas doridas", "burn"),
    ],
)
def test_what_only_looks_like_a_slip_names_nothing(language: str, text: str, sign: str) -> None:
    assert reading.read(text, language).known.get(sign) is not True
    assert reading.age("15 mas eu falei q é mais a colica", "pt") == 15.0


def test_the_scale_is_no_figure_of_how_bad_it_is() -> None:
    assert reading.severity("five out of ten full stop", "en") == 5.0


@pytest.mark.parametrize(
    ("language", "text", "known"),
    [
        ("de", "mein Bub (9) hat am Auge einen roten Wimmerl", {"age": 9.0}),
        ("de", "es brennt im Bauch, wenn ich was esse wird es besser", {"course": None}),
        ("de", "dann sagt meine Frau da ist ein Leberfleck", {"sex": None}),
        ("en", "I vomit since yesterday, my husband too", {"sex": None}),
        ("de", "Erbrechen nicht, nur ein kleiner roter Fleck", {"vomiting": False}),
        ("en", "headache since Saturday, I'm 34 weeks preggies", {"pregnancy_week": 34.0, "days": 2.0}),
        ("en", "cough, bringing up green stuff", {"green_vomit": None, "cough": True}),
        ("en", "44 years man", {"sex": "male"}), ("pt", "44 anos homem", {"sex": "male"}),
        ("ar", "شلت كيس شمينتو مبارح وانطعج ضهري من تحت", {"stab": None}),
    ],
)  # fmt: skip
def test_what_players_said_in_the_fourth_round(language: str, text: str, known: dict[str, object]) -> None:
    found = reading.read(text, language).known
    assert {name: found.get(name) for name in known} == known
