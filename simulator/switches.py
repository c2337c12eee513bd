"""Switches of the control API that outlive a restart."""

from __future__ import annotations

from simulator.database import Database


class Switches:
    """Kept in memory too, for the courier asks often."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.duplicate = self._read("duplicate")
        self.paused = self._read("paused")

    def _read(self, name: str) -> bool:
        row = self._database.one("SELECT value FROM switches WHERE name=?", name)
        return row is not None and row["value"] == "on"

    def set(self, name: str, on: bool) -> None:
        self._database.run("INSERT OR REPLACE INTO switches (name, value) VALUES (?, ?)", name, "on" if on else "off")
        self.reload()

    def reload(self) -> None:
        self.duplicate = self._read("duplicate")
        self.paused = self._read("paused")
