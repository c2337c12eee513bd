"""What the processes are started with, when the model is trained anew, and which ports are taken."""

from __future__ import annotations

import os
import shlex
import socket
from pathlib import Path

import pytest

from clinic.settings import PROJECT
from scripts import environment, run, train
from scripts.stack import free_ports

SECRETS = (
    "WHATSAPP_ACCESS_TOKEN",
    "WHATSAPP_APP_SECRET",
    "WHATSAPP_VERIFY_TOKEN",
    "DESK_PASSWORD",
    "WHATSAPP_PHONE_NUMBER_ID",
)


def test_the_demo_needs_nothing_from_anybody() -> None:
    env = environment.build(demo=True, base={})
    assert {name: env[name] for name in ("RASA_PORT", "ACTIONS_PORT", "DESK_PORT", "SIMULATOR_PORT")} == {
        "RASA_PORT": "5005", "ACTIONS_PORT": "5055", "DESK_PORT": "8080", "SIMULATOR_PORT": "9000",
    }  # fmt: skip
    assert all(env[name] for name in SECRETS)
    assert env["WHATSAPP_GRAPH_URL"] == "http://127.0.0.1:9000"
    assert env["SIMULATOR_WEBHOOK_URL"] == "http://127.0.0.1:5005/webhooks/whatsapp/webhook"
    assert env["CLINIC_DATABASE_URL"] == f"sqlite:///{PROJECT}/var/clinic.db"
    assert env["RASA_TELEMETRY_ENABLED"] == "false"
    assert env["SANIC_HOST"] == "127.0.0.1"


def test_serving_has_no_secret_that_was_not_given() -> None:
    env = environment.build(demo=False, base={})
    assert not [name for name in SECRETS if name in env]
    assert "WHATSAPP_GRAPH_URL" not in env, "the real one is the connector's default"
    assert not set(environment.DEMO) & set(environment.DEFAULTS)


@pytest.mark.parametrize("demo", [True, False])
def test_given_values_win(demo: bool) -> None:
    given = {
        "RASA_PORT": "6005",
        "SIMULATOR_PORT": "9100",
        "WHATSAPP_APP_SECRET": "own",
        "CLINIC_DATABASE_URL": "postgresql://clinic@db/clinic",
        "WHATSAPP_GRAPH_URL": "http://emulator:9999",
        "PATH": "/bin",
    }
    env = environment.build(demo, base=given)
    assert {name: env[name] for name in given} == given
    if demo:
        assert env["SIMULATOR_WEBHOOK_URL"] == "http://127.0.0.1:6005/webhooks/whatsapp/webhook"
        assert environment.build(True, base={"SIMULATOR_PORT": "9100"})["WHATSAPP_GRAPH_URL"] == "http://127.0.0.1:9100"


def test_relative_databases_are_the_projects_wherever_a_process_starts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    env = environment.build(demo=True, base={"CLINIC_DATABASE_URL": "sqlite:///var/other.db"})
    assert env["CLINIC_DATABASE_URL"] == f"sqlite:///{PROJECT}/var/other.db"


def test_apply_puts_it_into_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {})
    monkeypatch.setattr(environment, "environment", lambda: {"RASA_PORT": "1"})
    assert environment.apply(demo=True)["RASA_PORT"] == os.environ["RASA_PORT"] == "1"


# ── the commands ─────────────────────────────────────────────────────────────────────────────────────


def test_demo_and_real_number_run_the_same_but_the_simulator() -> None:
    env = environment.build(demo=True, base={})
    assert set(run.commands(env, demo=True)) - set(run.commands(env, demo=False)) == {"simulator"}
    assert set(run.addresses(env, demo=True)) - set(run.addresses(env, demo=False)) == {"simulator"}
    assert set(run.addresses(env, demo=True)) <= set(run.commands(env, demo=True))


def test_http_apis_bind_loopback() -> None:
    words = shlex.split(run.commands(environment.build(demo=True, base={}), demo=True)["rasa"])
    assert words[words.index("--interface") + 1] == "127.0.0.1"
    assert all(
        address.startswith("http://127.0.0.1:")
        for address in run.addresses(environment.build(True, base={}), True).values()
    )


def test_no_secret_stands_on_a_command_line() -> None:
    env = environment.build(demo=True, base={})
    assert not [
        name for name in SECRETS for command in run.commands(env, demo=True).values() if env[name] in command.split()
    ]


def test_busy_ports_are_named_by_their_variable() -> None:
    names = ("RASA_PORT", "ACTIONS_PORT", "DESK_PORT", "SIMULATOR_PORT")
    env = dict(zip(names, map(str, free_ports(4)), strict=True))
    assert run.busy_ports(env, demo=True) == []
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(env["DESK_PORT"])))
        taken.listen()
        assert run.busy_ports(env, demo=True) == ["DESK_PORT"]
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(env["SIMULATOR_PORT"])))
        taken.listen()
        assert run.busy_ports(env, demo=True) == ["SIMULATOR_PORT"]
        assert run.busy_ports(env, demo=False) == []
    assert run.busy_ports(env, demo=True) == []


def test_a_taken_port_stops_the_start_and_says_which(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "busy_ports", lambda env, demo: ["DESK_PORT"])
    monkeypatch.setattr(run.subprocess, "run", lambda *a, **k: pytest.fail("nothing may be started"))
    assert run.prepare(environment.build(True, base={}), demo=True) is False
    assert "8080 (DESK_PORT)" in capsys.readouterr().err


@pytest.mark.parametrize("missing", run.NEEDED_TO_SERVE)
def test_serving_without_a_secret_says_which(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run.subprocess, "run", lambda *a, **k: pytest.fail("nothing may be started"))
    env = {**environment.build(False, base={}), **dict.fromkeys(run.NEEDED_TO_SERVE, "x"), missing: " "}
    assert run.prepare(env, demo=False) is False
    assert missing in capsys.readouterr().err


# ── training ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project of the same shape."""
    for name in train.SOURCES:
        (tmp_path / name).write_text(name)
    for folder in train.FOLDERS:
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "a.yml").write_text("a")
    (tmp_path / "nlu" / "a.py").write_text("a")
    (tmp_path / "actions").mkdir()
    monkeypatch.setattr(train, "PROJECT", tmp_path)
    monkeypatch.setattr(train, "MODEL", tmp_path / "salama.tar.gz")
    monkeypatch.setattr(train, "STAMP", tmp_path / "salama.sha256")
    return tmp_path


@pytest.mark.parametrize(
    "changed",
    [
        "locales/a.yml",
        "data/a.yml",
        "nlu/a.py",
        "nlu/a.yml",
        "domain.yml",
        "config.yml",
        "requirements.lock",
        "clinic/vocabulary/a.yml",
    ],
)
def test_a_change_in_what_the_model_is_made_of(project: Path, changed: str) -> None:
    before = train.fingerprint()
    (project / changed).write_text("b")
    assert train.fingerprint() != before
    (project / changed).write_text(changed if "/" not in changed else "a")
    assert train.fingerprint() == before


def test_a_new_a_lost_and_a_renamed_file(project: Path) -> None:
    before = train.fingerprint()
    (project / "locales" / "b.yml").write_text("")
    added = train.fingerprint()
    (project / "locales" / "b.yml").rename(project / "locales" / "c.yml")
    assert len({before, added, train.fingerprint()}) == 3
    (project / "locales" / "c.yml").unlink()
    assert train.fingerprint() == before


@pytest.mark.parametrize("changed", ["actions/a.py", "README.md", "nlu/__pycache__/a.pyc", "locales/notes.txt"])
def test_what_does_not_matter_does_not_train(project: Path, changed: str) -> None:
    before = train.fingerprint()
    (project / changed).parent.mkdir(exist_ok=True)
    (project / changed).write_text("b")
    os.utime(project / "domain.yml", (1, 1))
    assert train.fingerprint() == before


def test_other_languages_are_another_model(project: Path) -> None:
    assert train.fingerprint("en,de") != train.fingerprint("en")


def test_the_clinics_own_answers_are_part_of_it(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CLINIC_KNOWLEDGE", str(project / "own"))
    file = project / "own" / "travel" / "en.md"
    file.parent.mkdir(parents=True)
    before = train.fingerprint()
    file.write_text("---\nquestions: [one]\n---\nYes.\n")
    assert train.fingerprint() != before
    assert not train.train({})
    assert "travel/en.md: give at least 5 different questions" in capsys.readouterr().err


def test_the_real_project_is_looked_at() -> None:
    files = {path.relative_to(PROJECT).as_posix() for path in train._files()}
    assert {"config.yml", "locales/ar.yml", "data/nlu/faq/ru.yml", "nlu/times.yml", "clinic/vocabulary/de.yml"} <= files


def test_a_model_that_is_there_is_not_trained_again(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train.subprocess, "run", lambda *a, **k: pytest.fail("no training"))
    train.MODEL.write_text("model")
    train.STAMP.write_text(train.fingerprint("en") + "\n")
    assert train.train({"CLINIC_LANGUAGES": "en"})
    assert not train.is_current(train.fingerprint("de"))
    train.MODEL.unlink()
    assert not train.is_current(train.fingerprint("en"))


class Done:
    returncode, stdout, stderr = 1, "what rasa said", "and why"


def test_a_training_that_fails_says_so_and_leaves_no_stamp(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(train.subprocess, "run", lambda *a, **k: Done())
    assert train.train({}) is False
    assert "what rasa said" in capsys.readouterr().err
    assert not train.STAMP.exists()


def test_a_gateway_takes_the_webhooks_where_its_port_is_set() -> None:
    env = environment.build(demo=True, base={"GATEWAY_PORT": "5999"})
    assert env["SIMULATOR_WEBHOOK_URL"] == "http://127.0.0.1:5999/webhooks/whatsapp/webhook"
    assert env["INBOX_POLL_SECONDS"] == "0.2"
    assert "gateway" in run.commands(env, demo=True) and "gateway" in run.addresses(env, demo=True)
    assert "gateway" not in run.commands(environment.build(demo=True, base={}), demo=True)
