"""Settings, and the room's own rules."""

from __future__ import annotations

import ast
import socket
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from simulator.settings import REQUIRED, Settings, SettingsError

ENVIRONMENT = dict.fromkeys(REQUIRED, "x")
ROOM = Path(__file__).parents[3] / "simulator"


def test_defaults() -> None:
    settings = Settings.from_environment(ENVIRONMENT)
    assert (settings.host, settings.port) == ("127.0.0.1", 9000)
    assert settings.webhook_url == "http://127.0.0.1:5005/webhooks/whatsapp/webhook"
    assert settings.database == Path("var/simulator.db")
    assert settings.now is None


def test_each_missing_secret_is_named() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({**ENVIRONMENT, "WHATSAPP_APP_SECRET": " "})
    assert "WHATSAPP_APP_SECRET" in str(caught.value)
    assert "WHATSAPP_ACCESS_TOKEN" not in str(caught.value)


def run_simulator(environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "simulator"]
    return subprocess.run(
        command, check=False, cwd=ROOM.parent, env=environment, capture_output=True, text=True, timeout=20
    )


def test_the_command_says_it_too() -> None:
    done = run_simulator({})
    assert done.returncode == 2
    assert all(name in done.stderr for name in REQUIRED)
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        database = tmp_path / "simulator.db"
        environment = {**ENVIRONMENT, "SIMULATOR_PORT": port, "SIMULATOR_DATABASE": str(database)}
        done = run_simulator(environment)
    assert done.returncode == 2
    assert "SIMULATOR_PORT" in done.stderr
    assert not database.exists()


def test_the_frozen_clock_needs_its_offset() -> None:
    frozen = Settings.from_environment({**ENVIRONMENT, "CLINIC_NOW": "2026-11-24T09:00:00+01:00"}).now
    assert frozen is not None
    assert frozen.utcoffset() == timedelta(hours=1)
    for wrong in ("2026-11-24T09:00:00", "today"):
        with pytest.raises(SettingsError, match="CLINIC_NOW"):
            Settings.from_environment({**ENVIRONMENT, "CLINIC_NOW": wrong})


def test_a_port_is_a_number() -> None:
    with pytest.raises(SettingsError, match="SIMULATOR_PORT"):
        Settings.from_environment({**ENVIRONMENT, "SIMULATOR_PORT": "http"})


def test_the_room_imports_none_of_the_others() -> None:
    others = {"clinic", "nlu", "actions", "connectors", "worker", "desk", "training", "rasa", "rasa_sdk"}
    for module in ROOM.glob("**/*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert not {name.split(".")[0] for name in names} & others, module
