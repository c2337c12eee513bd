"""The patients' phones: who has one, and how the clinic may address it."""

from __future__ import annotations

import re
import secrets
import sqlite3
from dataclasses import dataclass
from typing import Any

from simulator.database import Database

RIGHT_TO_LEFT = ("ar", "he", "fa", "ur")

#: A phone speaks its country's language until somebody says otherwise; longest dialling code first.
LANGUAGE_OF_PREFIX = (
    *(
        ("351", "pt"),
        ("972", "he"),
        ("961", "ar"),
        ("962", "ar"),
        ("963", "ar"),
        ("964", "ar"),
        ("965", "ar"),
    ),
    *(
        ("966", "ar"),
        ("967", "ar"),
        ("968", "ar"),
        ("970", "ar"),
        ("971", "ar"),
        ("973", "ar"),
        ("974", "ar"),
    ),
    *(("212", "ar"), ("213", "ar"), ("216", "ar"), ("218", "ar"), ("249", "ar"), ("375", "ru")),
    *(("20", "ar"), ("43", "de"), ("41", "de"), ("49", "de"), ("55", "pt"), ("7", "ru")),
)
COUNTRY_OF_PREFIX = {
    "20": "EG",
    "49": "DE",
    "55": "BR",
    "351": "PT",
    "972": "IL",
    "966": "SA",
    "43": "AT",
    "7": "RU",
}


@dataclass(frozen=True)
class Phone:
    wa_id: str
    name: str
    user_id: str | None
    language: str
    direction: str
    hides_number: bool
    position: int
    #: The key of the phone in use now; None: the clinic does not check it.
    identity_key: str | None = None
    marketing: str = "resume"

    def as_json(self) -> dict[str, Any]:
        return {
            "phone": f"+{self.wa_id}",
            "wa_id": self.wa_id,
            "name": self.name,
            "user_id": self.user_id,
            "language": self.language,
            "direction": self.direction,
            "hides_number": self.hides_number,
            "identity_key": self.identity_key,
            "marketing": self.marketing,
        }


def digits(address: str) -> str:
    return re.sub(r"\D", "", address)


def guess_language(wa_id: str) -> str:
    return next((language for prefix, language in LANGUAGE_OF_PREFIX if wa_id.startswith(prefix)), "en")


def new_user_id(wa_id: str) -> str:
    """A business-scoped user id: the country, a dot, and digits (guide "Business-scoped user IDs")."""
    country = next((country for prefix, country in COUNTRY_OF_PREFIX.items() if wa_id.startswith(prefix)), "US")
    return f"{country}.{secrets.randbelow(9 * 10**19) + 10**19}"


class Phones:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(
        self,
        wa_id: str,
        name: str,
        user_id: str | None = None,
        language: str | None = None,
        direction: str | None = None,
        hides_number: bool = False,
    ) -> Phone:
        """Create the phone, or change what is given about the one that is there."""
        before = self.by_address(wa_id)
        spoken = language or (before.language if before else guess_language(wa_id))
        reading = direction or ("rtl" if spoken.split("-")[0] in RIGHT_TO_LEFT else "ltr")
        values = (name, user_id or (before.user_id if before else None), spoken, reading, int(hides_number))
        if before:
            self._database.run(
                "UPDATE phones SET name=?, user_id=?, language=?, direction=?, hides_number=? WHERE wa_id=?",
                *values,
                wa_id,
            )
        else:
            self._database.run(
                "INSERT INTO phones (name, user_id, language, direction, hides_number, wa_id, position) "
                "SELECT ?, ?, ?, ?, ?, ?, COUNT(*) FROM phones",
                *values,
                wa_id,
            )
        found = self.by_address(wa_id)
        assert found is not None
        return found

    def change(self, phone: Phone, **values: str) -> None:
        """Another wa_id, user_id, identity_key or marketing wish."""
        for column in ("user_id", "identity_key", "marketing", "wa_id"):
            if column in values:
                self._database.run(f"UPDATE phones SET {column}=? WHERE wa_id=?", values[column], phone.wa_id)

    def all(self) -> list[Phone]:
        return [_phone(row) for row in self._database.all("SELECT * FROM phones ORDER BY position, wa_id")]

    def by_address(self, address: str) -> Phone | None:
        """By number, with or without its plus and spaces, or by business-scoped user id."""
        row = self._database.one("SELECT * FROM phones WHERE user_id=?", address)
        row = row or self._database.one("SELECT * FROM phones WHERE wa_id=?", digits(address))
        return _phone(row) if row else None

    def add_demo(self) -> None:
        """What a first visitor finds."""
        if self.all():
            return
        self.add("201001234567", "ليلى · Leila", "EG.40218835516790214633", "ar")
        self.add("4915112345678", "Jonas", "DE.13491208655302741918", "de")


def _phone(row: sqlite3.Row) -> Phone:
    return Phone(**{**dict(row), "hides_number": bool(row["hides_number"])})
