"""Answers to the questions of an intake: lists, yes and no, what is told beside them, and what raises an alarm."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from actions.emergency import Emergency
from actions.intake.submit import signs_for
from actions.social import Thank
from clinic import encryption
from clinic.settings import SUPPORTED_LANGUAGES
from clinic.texts import text as said_by_clinic
from clinic.triage import findings, followups, texts
from tests.support.conversations import Conversation
from tests.support.intakes import begin, intake


def row(chat: Conversation, sign: str) -> dict[str, str]:
    return dict(next(button for button in chat.buttons if button["payload"].endswith(f'sign:{sign}"}}')))


def test_one_tap_names_one_sign_and_the_list_comes_back_for_others(
    agreed: Callable[..., Conversation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINIC_ENCRYPTION_KEY", encryption.new_key())
    chat = begin(agreed(), "my back hurts, I am 40", complaints={"back_pain": 0.9})
    assert "saddle_numbness" in chat.buttons[0]["payload"]
    chat.chooses(row(chat, "leg_weakness"))
    assert "anything else" in chat.text and "leg_weakness" not in str(chat.buttons)
    known = intake(chat).known
    assert known["leg_weakness"] is True and "cannot_pass_urine" not in known
    chat.chooses(row(chat, "cannot_pass_urine"))
    assert chat.loop is None and "112" in chat.text


@pytest.mark.parametrize("language", SUPPORTED_LANGUAGES)
@pytest.mark.parametrize("hurt", [False, True])
def test_who_tells_of_an_assault_hears_that_it_is_not_their_fault(
    agreed: Callable[..., Conversation], monkeypatch: pytest.MonkeyPatch, language: str, hurt: bool
) -> None:
    monkeypatch.setenv("CLINIC_ENCRYPTION_KEY", encryption.new_key())
    chat = begin(agreed(language), "x", complaints={"after_sex": 0.95})
    chat.chooses(row(chat, "sexual_assault"))
    if hurt:
        chat.chooses(row(chat, "severe_abdominal_pain"))
    while chat.loop:
        none = [button for button in chat.buttons if button["payload"].endswith('"none"}')]
        chat.chooses(none[0]) if none else chat.answers("2")
    said = chat.text
    assert (said_by_clinic("utter_emergency_told", language) in said) is hurt and str(
        texts.aid("sexual_assault", language)
    ) in said


def test_none_of_these_is_a_no_to_all_that_is_left(agreed: Callable[..., Conversation]) -> None:
    chat = begin(agreed(), "my back hurts, I am 40", complaints={"back_pain": 0.9})
    chat.chooses(row(chat, "leg_weakness"))
    chat.chooses(chat.buttons[-2])
    assert intake(chat).known["cannot_pass_urine"] is False and intake(chat).known["leg_weakness"] is True


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "no, I can walk as always"),
        ("ru", "да нет, всё как обычно"),
        ("de", "nein - alles wie immer"),
        ("pt", "não, tudo normal"),
        ("ar", "لا، كل شيء عادي"),
    ],
)
def test_a_no_that_goes_on_is_a_no(agreed: Callable[..., Conversation], language: str, text: str) -> None:
    chat = begin(agreed(language), "40", complaints={"back_pain": 0.9}).answers("40")
    asked = intake(chat).question
    assert asked is not None and asked.kind == "which"
    chat.answers(text)
    known = intake(chat).known
    assert {name: known.get(name) for name in asked.names} == dict.fromkeys(asked.names, False)


FOOT_DRAGS = [
    ("en", "no, only the foot drags"), ("de", "nein, aber der Fuß schleift"), ("pt", "não, só o pé arrasta"),
    ("ru", "нет, только стопа волочится"), ("ar", "لا، بس رجلي تجر"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "text"), FOOT_DRAGS)
def test_what_a_no_takes_back_is_marked_on_the_list(agreed: Callable[..., Conversation], language: str, text: str) -> None:
    chat = begin(agreed(language), "40", complaints={"back_pain": 0.9}).answers("40")
    chat.answers(text, "nlu_fallback", confidence=0.4)
    known = intake(chat).known
    assert known["leg_weakness"] is True and known["saddle_numbness"] is False


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "no, only it goes zonk"), ("de", "nein, aber es macht so zapp"), ("pt", "não, só faz um treco"),
        ("ru", "нет, только делает бздынь"), ("ar", "لا، بس بيعمل طنطن"),
    ],
)  # fmt: skip
def test_a_no_that_takes_back_what_nobody_knows_is_asked_once_more(
    agreed: Callable[..., Conversation], language: str, text: str
) -> None:
    chat = begin(agreed(language), "40", complaints={"back_pain": 0.9}).answers("40")
    asked = intake(chat).question
    chat.answers(text, "nlu_fallback", confidence=0.4)
    assert asked is not None and intake(chat).question == asked
    assert not any(name in intake(chat).known for name in asked.names)
    chat.answers(text, "nlu_fallback", confidence=0.4)
    assert {intake(chat).known[name] for name in asked.names} == {False}


def test_what_a_no_goes_on_to_say_is_read(agreed: Callable[..., Conversation], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CLINIC_ENCRYPTION_KEY", encryption.new_key())
    chat = begin(agreed(), "40", complaints={"back_pain": 0.9}).answers("40")
    chat.answers("no, only that I cannot pass urine")
    question = intake(chat).question
    assert question is not None and question.names == ("cannot_pass_urine",)
    chat.answers("yes")
    assert chat.loop is None and "112" in chat.text


def test_who_was_taken_for_an_emergency_is_seen_today_whatever_the_questions_find(
    agreed: Callable[..., Conversation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINIC_ENCRYPTION_KEY", encryption.new_key())
    levels = []
    for suspicion in (0.4, 0.9):
        chat = agreed()
        chat.hears("his leg has a funny colour", "report_symptom", danger=["unnamed"], level="likely", suspicion=suspicion)
        chat.run(Emergency())
        chat.taps(chat.buttons[1]).run(Emergency())
        chat.enters("intake_form")
        levels.append(intake(chat).verdict().level)
    assert levels == ["self_care", "urgent"]


def test_what_was_answered_before_a_denied_danger_is_kept(agreed: Callable[..., Conversation]) -> None:
    chat = begin(agreed(), "my back hurts, I am 40", complaints={"back_pain": 0.95})
    chat.hears("my leg is suddenly weak", "report_symptom", danger=["stroke"], level="likely").run(Emergency())
    chat.taps(chat.buttons[1]).run(Emergency())
    assert intake(chat).known["leg_weakness"] is True and not any(
        intake(chat).known.get(name) is False for name in ("saddle_numbness", "cannot_pass_urine")
    )


def test_nobody_is_offered_what_cannot_be(agreed: Callable[..., Conversation]) -> None:
    shares = {"pregnancy": 0.3, "testicular": 0.3, "sick_baby": 0.2, "eye": 0.1}
    chat = begin(agreed(), "my grandfather is 81 and something is wrong", complaints=shares)
    assert intake(chat).candidates == ("testicular", "eye")


def test_a_row_is_meant_by_its_words_too(agreed: Callable[..., Conversation]) -> None:
    chat = begin(agreed(), "something is wrong", complaints={"eye": 0.3, "skin_infection": 0.3, "joint_pain": 0.2})
    chat.answers("the joint one, it aches", complaints={"joint_pain": 0.6, "eye": 0.1})
    assert intake(chat).protocols == ("joint_pain",)


def test_what_a_list_asks_for_opens_no_protocol_of_its_own(agreed: Callable[..., Conversation]) -> None:
    chat = begin(agreed(), "I cough since 4 days, I am 58", complaints={"cough": 0.95})
    chat.answers("weakness, yes, but only tired. nothing else")
    assert intake(chat).protocols == ("cough",)


def test_a_danger_told_beside_the_question_ends_the_questions(
    agreed: Callable[..., Conversation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINIC_ENCRYPTION_KEY", encryption.new_key())
    chat = begin(agreed(), "headache since yesterday, I am 31", complaints={"headache": 0.95})
    chat.answers("I am pregnant and bleeding", "nlu_fallback", confidence=0.4)
    assert chat.loop is None and "112" in chat.text


def test_nobody_is_asked_about_the_bottle_before_the_age(agreed: Callable[..., Conversation]) -> None:
    chat = begin(agreed(), "a sore in my mouth", complaints={"tooth": 0.95})
    for _ in range(7):
        question = intake(chat).question
        if question is None or question.names == ("age",):
            break
        assert "poor_feeding" not in question.names
        chat.answers("none of these")
    chat.answers("20")
    assert intake(chat).known["age"] == 20.0 and intake(chat).known.get("poor_feeding") is not True


def test_a_no_that_holds_a_danger_is_asked_about_first(agreed: Callable[..., Conversation]) -> None:
    chat = begin(agreed(), "my toddler coughs, she is 2", complaints={"cough": 0.95})
    told = "no none of those, she's drinking like a fish and running about"
    chat.hears(told, "report_symptom", danger=["breathing"], level="certain").run(Emergency())
    assert chat.slots["emergency"] == "asked"
    chat.hears("I said she cannot breathe", "report_symptom", danger=["breathing"], level="certain").run(Emergency())
    assert chat.slots["emergency"] == "acted"


def test_the_baby_s_age_is_not_its_mother_s(agreed: Callable[..., Conversation]) -> None:
    told = "boob is rock solid and red on one side. baby is 5 weeks"
    chat = begin(agreed(), told, complaints={"breast": 0.95})
    assert intake(chat).protocols == ("breast",) and "age" not in intake(chat).known


def test_what_no_question_asked_for_is_kept_for_the_nurse(agreed: Callable[..., Conversation]) -> None:
    chat = begin(agreed(), "my back hurts, I am 40", complaints={"back_pain": 0.95})
    chat.answers("no, only it goes zonk", "nlu_fallback", confidence=0.4)
    assert intake(chat).opening == "my back hurts, I am 40 … no, only it goes zonk"
    assert said_by_clinic("utter_intake_noted", "en") in chat.text


def test_a_danger_that_the_model_is_sure_of_is_not_asked_about(agreed: Callable[..., Conversation]) -> None:
    chat = begin(agreed(), "my toddler coughs, she is 2", complaints={"cough": 0.95})
    told = "no but she cannot breathe and her lips are blue"
    chat.hears(told, "report_symptom", danger=["breathing"], level="certain", suspicion=0.99).run(Emergency())
    assert chat.slots["emergency"] == "acted"


def test_a_complaint_that_is_denied_gives_way_to_the_one_that_is_told(agreed: Callable[..., Conversation]) -> None:
    chat = begin(agreed(), "burning up the top of my stomach", complaints={"fever": 0.95})
    chat.answers("no no, not fever! it is heartburn", "report_symptom", complaints={"heartburn": 0.95})
    assert intake(chat).protocols == ("heartburn",) and intake(chat).known["fever"] is False


def test_chest_pain_that_is_gone_stays_chest_pain(agreed: Callable[..., Conversation]) -> None:
    chat = begin(agreed(), "pain in my chest this morning, I am 40", complaints={"chest_pain": 0.95})
    chat.answers("no chest pain now, it is heartburn", "report_symptom", complaints={"heartburn": 0.95})
    assert "chest_pain" in intake(chat).protocols


@pytest.mark.parametrize("intent", ["faq", "list_appointments", "refill_prescription", "out_of_scope"])
def test_what_sounds_like_an_answer_is_for_the_questions(
    agreed: Callable[..., Conversation], intent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINIC_ENCRYPTION_KEY", encryption.new_key())
    chat = begin(agreed(), "my back hurts, I am 40", complaints={"back_pain": 0.95})
    chat.answers("no, only from the pressure I take amlodipine", intent, confidence=0.95)
    assert not chat.rejected


def test_nobody_asks_for_the_second_figure_of_what_was_not_measured() -> None:
    assert findings.completed({"systolic": None})["diastolic"] is None


def test_an_alarm_by_mistake_goes_on_where_it_was(
    agreed: Callable[..., Conversation], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLINIC_ENCRYPTION_KEY", encryption.new_key())
    chat = begin(agreed(), "so tired, I am 46, since 3 months", complaints={"fatigue": 0.95})
    chat.answers("confused")
    assert chat.loop is None and "112" in chat.text
    kept = intake(chat)
    assert kept.protocols == ("fatigue",) and kept.known["age"] == 46.0 and "confusion" not in kept.known
    assert "child" not in chat.text


def test_the_words_for_a_child_are_said_of_a_child() -> None:
    assert signs_for({"hard_to_wake": True, "age": 1.0})[0] == "baby"
    # out into fresh air; rinse with plenty of water
    assert signs_for({"gas_or_smoke": True}) == ["gas"] and signs_for({"eye_chemical": True}) == ["burn"]
    assert signs_for({"hard_to_wake": True, "age": 46.0}) == signs_for({"hard_to_wake": True}) == ["unresponsive"]


def test_a_man_is_not_pregnant_whatever_his_answer_holds(agreed: Callable[..., Conversation]) -> None:
    chat = begin(agreed("pt"), "tosse e febre, 47 anos", complaints={"fever": 0.95}).answers("47")
    while "pregnant" not in (intake(chat).question.names if intake(chat).question else ("pregnant",)):
        chat.answers("nada disso")
    chat.answers("que isso sô, grávida eu, sou homem. nada disso")
    assert intake(chat).known["sex"] == "male" and intake(chat).known.get("pregnant") is False


def test_who_is_asked_what_it_is_about_is_not_turned_away(agreed: Callable[..., Conversation]) -> None:
    chat = begin(agreed(), "it hurts me since yesterday", complaints={"bites_stings": 0.4, "back_pain": 0.3})
    assert chat.slots["requested_slot"] == "intake_complaint"
    chat.answers("na eh die Katz", "out_of_scope", complaints={"bites_stings": 0.4})
    assert not chat.rejected


def test_an_answer_that_only_sounds_like_stop_is_one(agreed: Callable[..., Conversation]) -> None:
    chat = begin(agreed(), "my back hurts, I am 40", complaints={"back_pain": 0.9})
    chat.answers("nothing more from list. the hand is big and hot", "opt_out", confidence=0.7)
    assert not chat.rejected
    chat.answers("stop writing to me", "opt_out", confidence=0.95)
    assert chat.rejected


def test_yes_please_thank_you_is_a_yes(agreed: Callable[..., Conversation], monkeypatch: pytest.MonkeyPatch) -> None:
    promised: list[str] = []
    monkeypatch.setattr(followups, "promise", lambda session, contact, language: promised.append(language) or True)
    chat = agreed()
    chat.hears("before")
    chat.events.append({"event": "slot", "name": "offer", "value": "check_back"})
    chat.hears("Yes please, thank you", "thank").run(Thank())
    assert promised == ["en"] and chat.text == said_by_clinic("utter_check_back_promised", "en")
    chat.hears("thanks", "thank").run(Thank())
    assert promised == ["en"] and chat.text == said_by_clinic("utter_you_are_welcome", "en")
