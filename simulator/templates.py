"""The account's message templates, and what has become of each (Meta's guide "Templates")."""

from __future__ import annotations

import json
import secrets
import sqlite3
from dataclasses import dataclass
from typing import Any

from simulator.database import Database

Json = dict[str, Any]

STATUSES = ("APPROVED", "PENDING", "REJECTED", "PAUSED", "DISABLED")
QUALITIES = ("GREEN", "YELLOW", "RED", "UNKNOWN")
CATEGORIES = ("UTILITY", "MARKETING", "AUTHENTICATION")


@dataclass(frozen=True)
class Template:
    id: str
    name: str
    language: str
    category: str
    parameter_format: str
    components: list[Json]
    status: str
    quality: str
    rejected_reason: str

    def as_json(self) -> Json:
        return {
            "id": self.id,
            "name": self.name,
            "language": self.language,
            "status": self.status,
            "category": self.category,
            "parameter_format": self.parameter_format,
            "components": self.components,
            "quality_score": {"score": self.quality},
            "rejected_reason": self.rejected_reason,
        }

    def component(self, kind: str) -> Json | None:
        return next((each for each in self.components if str(each.get("type", "")).upper() == kind), None)

    def buttons(self) -> list[Json]:
        found = self.component("BUTTONS")
        buttons: list[Json] = found.get("buttons", []) if found else []
        return buttons


class Templates:
    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, name: str, language: str, category: str, parameter_format: str, components: list[Json]) -> Template:
        """A new one, not decided yet."""
        identifier = str(secrets.randbelow(9 * 10**14) + 10**14)
        self._database.run(
            "INSERT INTO templates (id, name, language, category, parameter_format, components, status, quality, "
            "rejected_reason) VALUES (?, ?, ?, ?, ?, ?, 'PENDING', 'UNKNOWN', 'NONE')",
            *(identifier, name, language, category, parameter_format, json.dumps(components, ensure_ascii=False)),
        )
        return self._found(identifier)

    def _found(self, identifier: str) -> Template:
        template = self.get(identifier)
        assert template is not None
        return template

    def get(self, identifier: str) -> Template | None:
        row = self._database.one("SELECT * FROM templates WHERE id=?", identifier)
        return _template(row) if row else None

    def find(self, name: str, language: str) -> Template | None:
        row = self._database.one("SELECT * FROM templates WHERE name=? AND language=?", name, language)
        return _template(row) if row else None

    def all(self) -> list[Template]:
        return [_template(row) for row in self._database.all("SELECT * FROM templates ORDER BY position")]

    def change(self, template: Template, **values: str) -> Template:
        """New status, quality, rejected_reason, category or components (as JSON text)."""
        for column in ("status", "quality", "rejected_reason", "category", "components"):
            if column in values:
                self._database.run(f"UPDATE templates SET {column}=? WHERE id=?", values[column], template.id)
        return self._found(template.id)

    def delete(self, name: str, identifier: str | None = None) -> int:
        """Every language of the name, or the one with that id; returns how many there were."""
        found = [each for each in self.all() if each.name == name and identifier in (None, each.id)]
        for template in found:
            self._database.run("DELETE FROM templates WHERE id=?", template.id)
        return len(found)


def _template(row: sqlite3.Row) -> Template:
    values = dict(row)
    del values["position"]
    return Template(**{**values, "components": json.loads(values["components"])})
