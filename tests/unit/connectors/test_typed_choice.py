"""Typing what stands on a button works as well as tapping it."""

from __future__ import annotations

import pytest

from connectors.whatsapp.chosen import typed as chosen

OFFERED = {
    "Carry on with Salama": '/nevermind{"about": "handoff"}',
    "الثلاثاء، ٢٤‏/١١ ٢:٠٠ م": '/inform{"slot_key": "1.1.4.202611241300"}',
    "Outro horário": '/inform{"change": "slot"}',
}


@pytest.mark.parametrize(
    ("typed", "id_"),
    [
        ("carry on with salama", '/nevermind{"about": "handoff"}'),
        ("outro horario!", '/inform{"change": "slot"}'),
        ("الثلاثاء، 24/11 2:00 م", '/inform{"slot_key": "1.1.4.202611241300"}'),
        ("carry on", None),
        ("", None),
        ("...", None),
    ],
)
def test_a_typed_title_is_its_choice(typed: str, id_: str | None) -> None:
    """Case, accents, digits and a full stop aside; nothing less than the whole title."""
    assert chosen(typed, OFFERED) == id_
