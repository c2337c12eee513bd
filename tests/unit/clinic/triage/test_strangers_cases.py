"""Patients whom strangers thought of and whom the protocols once sent home, or away too late: each is walked to a verdict.

The patient taps one row of a list at a time, as on WhatsApp; what stands under `yes` is there, all else is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from clinic.triage import engine
from clinic.triage.conditions import Value
from clinic.triage.protocols import Question, protocols


@dataclass(frozen=True)
class Patient:
    """Somebody with a complaint (the protocols it leads to), the truth about them, and how soon they should be seen."""

    name: str
    complaints: Sequence[str]
    level: str
    yes: Sequence[str] = ()
    facts: dict[str, Value] = field(default_factory=dict)
    rule: str = ""


def _answer(patient: Patient, question: Question) -> dict[str, Value]:
    name = question.names[0]
    if question.kind in ("number", "choice"):
        return {name: patient.facts.get(name)}
    there = [sign for sign in question.names if sign in patient.yes]
    return {there[0]: True} if there else dict.fromkeys(question.names, False)


def _walked(patient: Patient) -> tuple[engine.Verdict, int]:
    lead = sorted((protocols()[name] for name in patient.complaints), key=lambda protocol: -protocol.rank)
    known: dict[str, Value] = {name: True for protocol in lead for name in protocol.implies}
    asked = 0
    question = engine.next_question(lead, known, asked)
    while question is not None:
        known |= _answer(patient, question)
        asked += 1
        question = engine.next_question(lead, known, asked)
    return engine.judge(lead, known), asked


def _facts(age: float, days: float | None, severity: float | None = 3, course: str = "same") -> dict[str, Value]:
    return {"age": age, "days": days, "severity": severity, "course": course}


SUGAR = ("vomiting", "thirst", "frequent_urination", "weight_loss", "fatigue")
LID = ("swelling", "insect_sting", "infection_near_eye", "redness_grows", "skin_infection")
PATIENTS = [
    # ── three days of fever in a small child, and nothing that it comes from ──
    Patient("hot for three days, no cold", ["fever"], "urgent", [], {**_facts(0.8, 3), "temperature": 39.5}, "small_child_without_a_seat"),
    Patient("hot for three days, with a cold", ["fever"], "routine", ["runny_nose"], _facts(0.8, 3), "three_days"),
    # ── a running ear is no broken skull ──
    Patient("water from the ear after a fall", ["ear"], "emergency", ["clear_fluid_ear_nose", "head_injury"], _facts(30, 1), "skull"),
    Patient("an ear that runs, no fall", ["ear"], "urgent", ["clear_fluid_ear_nose"], _facts(30, 1), "fluid"),
    # ── a diabetes that begins with belly pain and vomiting ──
    Patient("belly pain of ketoacidosis", ["abdominal_pain"], "emergency", SUGAR, _facts(9, 1, 6, "worse"), "child_sugar_crisis"),
    Patient("vomiting of ketoacidosis", ["vomiting"], "emergency", SUGAR, _facts(9, 1, 6, "worse"), "child_sugar_crisis"),
    Patient("both", ["abdominal_pain", "vomiting"], "emergency", SUGAR, _facts(9, 1, 6, "worse"), "child_sugar_crisis"),
    Patient("small child", ["vomiting"], "emergency", SUGAR, _facts(3, 1, 4, "worse"), "child_sugar_crisis"),
    Patient(
        "breathes fast", ["abdominal_pain"], "emergency", ["vomiting", "thirst", "shortness_of_breath"],
        _facts(15, 1, 5, "worse"), "child_sugar_crisis",
    ),
    Patient("stomach bug, thirsty", ["abdominal_pain"], "urgent", ["vomiting", "thirst", "diarrhoea"], _facts(9, 1, 4)),
    Patient("stomach bug, only vomits", ["vomiting"], "self_care", ["thirst", "diarrhoea"], _facts(9, 1, 4)),
    # the questions above must not crowd out what decides here
    Patient("twisted testicle", ["abdominal_pain"], "emergency", ["testicular_pain", "vomiting"], _facts(13, 0.12, 8, "worse")),
    # ── a bite on the lid, taken for an allergy ──
    Patient("bitten lid, as an allergy", ["allergy"], "urgent", LID, _facts(7, 2, 3, "worse"), "infected_near_eye"),
    Patient("bitten lid", ["bites_stings"], "urgent", LID, _facts(7, 2, 3, "worse"), "near_eye"),
    Patient("infected sting", ["allergy"], "urgent", ["insect_sting", "redness_grows"], _facts(30, 3), "spreads"),
    Patient("hay fever", ["allergy"], "self_care", ["runny_nose", "itching"], _facts(25, 5)),
    Patient("mosquito bite", ["bites_stings"], "self_care", ["itching"], _facts(25, 1)),
    # ── hands that go numb at night, for two months ──
    Patient("numb hands", ["weakness"], "routine", ["numbness", "tingling", "night_pain"], _facts(45, 60), "long"),
    Patient(
        "numb hands that hurt", ["weakness", "joint_pain"], "routine", ["numbness", "tingling", "night_pain"],
        _facts(45, 60), "long",
    ),
    # ── malaria that was taken for the flu ──
    Patient(
        "malaria as the flu", ["cold"], "emergency", ["fever", "malaria_area", "vomiting", "jaundice"],
        _facts(34, 4, 6, "worse"), "severe_malaria",
    ),
    Patient("malaria, dark urine", ["fever"], "emergency", ["malaria_area", "blood_in_urine"], _facts(34, 2), "severe_malaria"),
    Patient("malaria, cannot stand", ["fever"], "emergency", ["malaria_area", "cannot_stand"], _facts(8, 2), "severe_malaria"),
    Patient("fever from a malaria area", ["fever"], "urgent", ["malaria_area"], _facts(34, 2), "tropics"),
    Patient("flu from a malaria area", ["cold"], "urgent", ["malaria_area", "fever"], _facts(34, 2), "today"),
    # ── white blood cells ──
    Patient("carbimazole", ["sore_throat"], "urgent", ["immune_suppressed"], _facts(41, 2), "weak_defences"),
    Patient("a child in chemotherapy", ["sore_throat"], "urgent", ["immune_suppressed"], _facts(6, 1), "weak_defences"),
    Patient("methotrexate, mouth ulcers", ["tooth"], "urgent", ["immune_suppressed"], _facts(58, 3), "weak_defence"),
    Patient("diabetes, sore throat", ["sore_throat"], "self_care", ["diabetes"], _facts(41, 2)),
    # ── a new headache at 76 ──
    Patient(
        "artery of the temple", ["headache"], "urgent", ["tender_scalp", "weight_loss", "muscle_pain", "malaise"],
        _facts(76, 14, 5), "temple_artery",
    ),
    Patient("tired and sore with it", ["headache"], "urgent", ["muscle_pain"], _facts(76, 14, 5), "temple_artery"),
    Patient("a headache at sixty", ["headache"], "routine", [], _facts(60, 3, 4), "new_after_fifty"),
    Patient("a tender scalp at thirty", ["headache"], "self_care", ["tender_scalp"], _facts(30, 1, 4)),
    # ── how long it has lasted ──
    Patient("glue ear", ["ear"], "routine", ["hearing_loss"], _facts(6, 45, 0), "hearing"),
    Patient("eczema, something else", ["general"], "routine", ["rash", "itching"], _facts(4, 40, 2), "long"),
    Patient("bumps, something else", ["general"], "routine", ["genital_sore"], _facts(28, 20, 1), "long"),
    Patient("a child gets worse", ["general"], "routine", ["rash"], _facts(4, 4, 2, "worse"), "worse"),
    Patient("something else, since yesterday", ["general"], "self_care", [], _facts(28, 1, 1)),
    # ── how long nobody knows ──
    Patient("heartburn, who knows since when", ["heartburn"], "routine", [], _facts(38, None)),
    Patient("deaf, who knows since when", ["ear"], "routine", ["hearing_loss"], _facts(6, None, 0)),
    Patient("bumps, who knows since when", ["general"], "routine", ["genital_sore"], _facts(28, None, 1)),
    # ── not more than needed ──
    Patient("spits, thrives", ["feeding"], "self_care", ["vomiting"], _facts(0.12, 28, 0)),
    Patient("spits, does not gain", ["feeding"], "urgent", ["vomiting", "not_gaining_weight"], _facts(0.12, 28, 0), "pylorus"),
    Patient("spits, cries for hours", ["feeding"], "urgent", ["vomiting", "inconsolable"], _facts(0.12, 28, 0), "cries"),
    Patient("spits at eight months", ["feeding"], "routine", ["vomiting"], _facts(0.67, 28, 0), "long"),
    Patient("one tablet forgotten", ["medication_problem"], "self_care", ["missed_doses"], _facts(55, 1, 0)),
    Patient(
        "a week forgotten", ["medication_problem"], "routine", ["missed_doses"], _facts(55, 7, 0), "missed_more_than_once",
    ),
    Patient("who knows how many", ["medication_problem"], "routine", ["missed_doses"], _facts(55, None, 0)),
    Patient("epilepsy", ["medication_problem"], "urgent", ["missed_doses", "epilepsy"], _facts(30, 1, 0), "must_not_stop"),
    Patient("the pill", ["medication_problem"], "routine", ["missed_doses", "contraception_failed"], _facts(30, 1, 0), "question"),
    Patient("a question about a medicine", ["medication_problem"], "routine", [], _facts(30, 1, 0), "question"),
]  # fmt: skip


@pytest.mark.parametrize("patient", PATIENTS, ids=lambda patient: patient.name)
def test_is_seen_as_soon_as_needed(patient: Patient) -> None:
    verdict, asked = _walked(patient)
    assert verdict.level == patient.level
    assert patient.rule in {rule.partition("/")[2] for rule in verdict.fired} | {""}
    assert asked <= (engine.MOST_QUESTIONS if len(patient.complaints) == 1 else engine.MOST_OF_SEVERAL)


# Where long is ordinary: a young baby that thrives spits for months.
NEVER_TOO_LONG = {"feeding"}


@pytest.mark.parametrize("name", sorted(set(protocols()) - NEVER_TOO_LONG))
def test_three_months_are_never_left_to_self_care(name: str) -> None:
    trifles = [sign for question in protocols()[name].questions if question.kind == "which" for sign in question.names[-2:]]
    for yes in ([], trifles[:2], trifles[2:4], trifles[-2:]):
        verdict, _ = _walked(Patient(name, [name], "", yes, _facts(30, 100)))
        assert verdict.level != "self_care", yes
