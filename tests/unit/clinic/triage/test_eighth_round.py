"""What strangers wrote in the eighth round of play, and nobody had read before (docs/decisions/0013-triage.md)."""

from __future__ import annotations

import pytest

from clinic.triage import listed, reading
from clinic.triage.protocols import leading


def test_nobody_counts_seventy_eight_months() -> None:
    assert reading.age("ich wer nächstn Monat 78, also 77", "de") in (77, 78)
    assert reading.age("8 Monate", "de") == pytest.approx(8 / 12, abs=0.01)


def test_a_fever_that_is_denied_in_the_south_of_brazil() -> None:
    known = reading.read("febre num tenho nao, medi 36.8", "pt").known
    assert known["fever"] is False and known["temperature"] == 36.8


def test_who_takes_no_medicine_can_drink() -> None:
    assert "cannot_drink" not in reading.read("неа, ничего не пью", "ru").known
    assert reading.read("ничего не пьёт второй день", "ru").known["cannot_drink"] is True


def test_what_itches_on_a_limb_is_no_joint() -> None:
    assert [protocol.name for protocol in leading(["itching"], ["hand", "foot"])] == ["itching_skin"]
    assert [protocol.name for protocol in leading(["itching", "pain"], ["knee"])] == ["joint_pain"]


@pytest.mark.parametrize(
    ("language", "text", "sign"),
    [
        ("ru", "тапочек с правой ноги сваливается, волочу ее", "leg_weakness"),
        ("ru", "сонливость, слова путаю немножко", "speech_problem"),
        ("de", "da Hois krotzt", "sore_throat"),
    ],
)
def test_as_the_eighth_round_said_it(language: str, text: str, sign: str) -> None:
    said = reading.read(text, language)
    assert said.known[sign] is True and "vomiting" not in said.known


def test_redness_that_has_doubled_is_no_weakness() -> None:
    text = "بس الحمار كبر الضعف من امس"
    found = listed.marked(text, "ar", ("weakness", "redness_grows", "fever"), reading.read(text, "ar"))
    assert found == {"redness_grows": True}
