"""Every error code of the shared table gets the treatment that the table gives it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from connectors.whatsapp.graph import Trouble, classify, passes

TABLE = Path(__file__).resolve().parents[3] / "shared" / "fixtures" / "whatsapp" / "error_codes.json"
pytestmark = pytest.mark.skipif(
    not TABLE.exists(), reason=f"EXTRA SUITE NOT RUN: {TABLE} does not stand beside the project"
)

TREATMENT = {
    "RETRY": Trouble.RETRY,
    "RETRY_LIMITED": Trouble.FEW,
    "THROTTLE_PAIR": Trouble.PAIR,
    "THROTTLE_NUMBER": Trouble.NUMBER,
    "THROTTLE_WABA": Trouble.ACCOUNT,
    "THROTTLE_APP": Trouble.APP,
    "THROTTLE_QUALITY": Trouble.QUALITY,
    "FALLBACK_TEMPLATE": Trouble.WINDOW,
    "FALLBACK_PHONE": Trouble.PHONE,
    "CONFIG": Trouble.STOP,
    "ACCOUNT": Trouble.STOP,
    "PERMANENT": Trouble.PERMANENT,
    "PERMANENT_24H": Trouble.REFUSED,
    "PERMANENT_USER": Trouble.REFUSED,
    # Somebody else may hold the telephone now: a person looks.
    "IDENTITY": Trouble.PERMANENT,
}
PASSING = ("RETRY", "RETRY_LIMITED", "THROTTLE_PAIR", "THROTTLE_NUMBER", "THROTTLE_WABA", "THROTTLE_APP")


def _codes() -> list[tuple[int, dict[str, Any]]]:
    entries = json.loads(TABLE.read_text("utf-8")) if TABLE.exists() else []
    found = []
    for entry in entries:
        first, _, last = str(entry["code"]).partition("-")
        found += [(code, entry) for code in range(int(first), int(last or first) + 1)]
    return found


def test_the_table_is_read() -> None:
    assert len(_codes()) > 150


@pytest.mark.parametrize(("code", "entry"), _codes(), ids=lambda value: str(value) if isinstance(value, int) else "")
def test_each_code(code: int, entry: dict[str, Any]) -> None:
    # The status must not matter: Meta decides by code.
    for http_status in (entry["http_status"], 200, 400, 500):
        assert classify(code, http_status) is TREATMENT[entry["retry_class"]]
    assert passes(str(code)) == (entry["retry_class"] in PASSING)
