"""What a patient's first words tell triage, in five languages: how long, how old, and what only looks like it."""

from __future__ import annotations

import pytest

from clinic.triage import reading
from clinic.triage.amounts import is_amount


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
    ],
)
def test_an_amount_alone_tells_of_nothing(language: str, text: str, amount: bool) -> None:
    assert is_amount(text, language) is amount
