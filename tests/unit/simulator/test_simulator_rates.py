"""The rate limits, on a clock of the test's own."""

from __future__ import annotations

import pytest

from simulator.graph_errors import GraphError
from simulator.rates import Rates


def refused(rates: Rates, wa_id: str) -> int:
    with pytest.raises(GraphError) as caught:
        rates.check(wa_id)
    return caught.value.code


def test_a_pair_gets_one_message_back_every_six_seconds() -> None:
    now = [0.0]
    rates = Rates(True, lambda: now[0])
    for _ in range(45):
        rates.check("49151")
    assert refused(rates, "49151") == 131056
    rates.check("49152")  # only that pair has to wait
    now[0] = 5.9
    assert refused(rates, "49151") == 131056
    now[0] = 6.1
    rates.check("49151")
    assert refused(rates, "49151") == 131056


def test_the_number_sends_and_receives_eighty_a_second() -> None:
    now = [0.0]
    rates = Rates(True, lambda: now[0])
    for _ in range(30):
        rates.count_inbound()
    for person in range(50):
        rates.check(f"49{person}")
    assert refused(rates, "4999") == 130429
    now[0] = 0.5
    for person in range(40):
        rates.check(f"49{person}")
    assert refused(rates, "4999") == 130429


def test_they_can_be_turned_off() -> None:
    rates = Rates(False, lambda: 0.0)
    for _ in range(200):
        rates.check("49151")
