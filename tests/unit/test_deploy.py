"""The files of deploy/ fit the project that they start."""

from __future__ import annotations

import configparser
import importlib.util
import re
import shlex
from pathlib import Path

import pytest

from clinic.settings import PROJECT
from scripts import environment, run, train

DEPLOY = PROJECT / "deploy"
UNITS = sorted(DEPLOY.glob("*.service"))
ENV = dict(
    line.split("=", 1)
    for line in (DEPLOY / "salama.env.example").read_text("utf-8").splitlines()
    if line and not line.startswith("#")
)


def command(unit: Path) -> list[str]:
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(unit, "utf-8")
    return shlex.split(parser["Service"]["ExecStart"])


def test_there_is_a_unit_for_every_process() -> None:
    names = {unit.stem.removeprefix("salama-") for unit in UNITS}
    assert names == set(run.commands(environment.build(demo=False, base=ENV), demo=False))
    target = (DEPLOY / "salama.target").read_text("utf-8")
    assert all(f"{unit.name}" in target for unit in UNITS)


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.stem)
def test_a_unit_starts_a_module_that_exists(unit: Path) -> None:
    words = command(unit)
    assert words[:2] == ["/opt/salama/.venv/bin/python", "-m"]
    assert importlib.util.find_spec(words[2])
    for name in re.findall(r"\$\{(\w+)\}", " ".join(words)):
        assert ENV.get(name), f"{name} is in no environment file"


@pytest.mark.parametrize("name", ["rasa", "actions", "worker", "desk", "gateway"])
def test_a_unit_says_what_make_serve_says(name: str) -> None:
    """Another port, model or option here would be found out in production only."""
    said = shlex.split(run.commands(environment.build(demo=False, base=ENV), demo=False)[name])[1:]
    words = [re.sub(r"\$\{(\w+)\}", lambda m: ENV[m[1]], word) for word in command(DEPLOY / f"salama-{name}.service")]
    assert [word.replace(f"{PROJECT}/", "") for word in said] == words[1:]
    assert train.MODEL.name in (DEPLOY / "salama-rasa.service").read_text("utf-8")


def test_the_environment_file_sets_what_make_sets() -> None:
    assert set(environment.DEFAULTS) - {"SIMULATOR_PORT"} <= set(ENV)
    assert set(environment.DEMO) <= set(ENV)
    assert all(not ENV[name] for name in environment.DEMO)


def test_nginx_passes_the_webhook_alone() -> None:
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    assert f"127.0.0.1:{ENV['GATEWAY_PORT']}" in text
    assert "location = /webhooks/whatsapp/webhook" in text
    assert text.count("{") == text.count("}")
    assert set(re.findall(r"[\w.-]+\.(?:com|net|org|de)\b", text)) <= {"clinic.example.org", "desk.example.org"}
