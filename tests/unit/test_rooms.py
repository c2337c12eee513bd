"""The house's rooms: who may import whom, and where the time comes from."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from clinic.settings import PROJECT

# docs: design.md's table. What is not listed may not be imported; a room may always import itself.
ROOMS: dict[str, set[str]] = {
    "clinic": set(),
    "nlu": {"clinic"},
    "dialogue": {"clinic"},
    "actions": {"clinic"},
    "connectors": {"clinic"},
    "worker": {"clinic", "connectors"},
    "desk": {"clinic"},
    "simulator": set(),
    "training": {"clinic", "nlu"},
    "scripts": {"training", "clinic", "nlu", "dialogue", "actions", "connectors", "worker", "desk", "simulator", "bench"},
    "bench": {"training", "clinic", "nlu", "dialogue", "actions", "connectors", "worker", "scripts"},
}
# Other people's packages that do not belong in a room.
FOREIGN = {
    "clinic": {"rasa", "rasa_sdk", "sanic", "requests", "starlette", "uvicorn", "honcho", "spacy", "sklearn", "lingua", "duckling", "httpx"},
    "nlu": {"rasa_sdk", "sanic", "requests", "starlette", "uvicorn"},
    "dialogue": {"rasa_sdk", "sanic", "requests", "starlette", "uvicorn", "spacy"},
    "actions": {"rasa", "sanic", "requests", "starlette", "uvicorn", "spacy", "sqlite3"},
    "connectors": {"rasa", "rasa_sdk", "starlette", "uvicorn", "spacy"},
    "worker": {"rasa", "rasa_sdk", "sanic", "starlette", "uvicorn", "spacy"},
    "desk": {"rasa", "rasa_sdk", "sanic", "requests", "spacy"},
    "simulator": {"rasa", "rasa_sdk", "sqlalchemy", "spacy"},
}  # fmt: skip
# Where a foreign package is the very point of a module.
ALLOWED = {("connectors/whatsapp/channel.py", "rasa"), ("connectors/whatsapp/locks.py", "rasa")}
# (module, call) → why it may look at the machine's own clock.
CLOCKS = {
    ("clinic/clock.py", "datetime.now"): "the one source of the time",
    ("simulator/clock.py", "datetime.now"): "plays Meta, which does not know our clock; freezes on its own",
    ("clinic/messaging/timers.py", "time.time"): "when to try again: goes on while the clinic's clock is frozen",
    ("connectors/whatsapp/locks.py", "time.time"): "Rasa's own tickets run out by it",
}


def modules(room: str) -> list[Path]:
    return sorted((PROJECT / room).rglob("*.py"))


@lru_cache(maxsize=512)
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def name_of(path: Path) -> str:
    return path.relative_to(PROJECT).as_posix()


def imported(path: Path) -> Iterator[str]:
    """Dotted names of everything a file imports, also inside functions; relative ones in full."""
    package = path.relative_to(PROJECT).parts[:-1]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = ".".join(package[: len(package) - node.level + 1]) if node.level else ""
            yield ".".join(filter(None, (above, node.module)))
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in (
            "importlib.import_module",
            "import_module",
            "__import__",
        ):
            if node.args and isinstance(node.args[0], ast.Constant):
                yield str(node.args[0].value)


def top(name: str) -> str:
    return name.partition(".")[0]


def test_every_room_is_in_the_table() -> None:
    folders = {path.parent.name for path in PROJECT.glob("*/__init__.py")} | {
        p.parent.name for p in PROJECT.glob("*/__main__.py")
    }
    assert folders - {"tests"} == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_imports_run_downwards(room: str) -> None:
    assert modules(room)
    wrong = [
        f"{name_of(path)} imports {name}"
        for path in modules(room)
        for name in imported(path)
        if top(name) in {*ROOMS, "tests"} - ROOMS[room] - {room}
    ]
    assert not wrong


@pytest.mark.parametrize("room", FOREIGN)
def test_foreign_packages_stay_out(room: str) -> None:
    wrong = [
        f"{name_of(path)} imports {name}"
        for path in modules(room)
        for name in imported(path)
        if top(name) in FOREIGN[room] and (name_of(path), top(name)) not in ALLOWED
    ]
    assert not wrong


def test_the_doors_to_rasa_are_known() -> None:
    doors = {name_of(path) for path in modules("connectors") for name in imported(path) if top(name) == "rasa"}
    assert doors == {path for path, package in ALLOWED if package == "rasa"}


def test_actions_write_no_sql() -> None:
    """`Session` as a type is fine; statements belong to the clinic."""
    wrong = [
        f"{name_of(path)} imports {alias.name} from {node.module}"
        for path in modules("actions")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and top(node.module or "") == "sqlalchemy"
        for alias in node.names
        if alias.name != "Session"
    ]
    assert not wrong


def test_the_tests_would_see_a_wrong_import(tmp_path: Path) -> None:
    """Every way to write an import is read."""
    source = "import rasa.core\nfrom clinic import x\ndef f():\n    from nlu.text import words\n    __import__('tests.support')\n"
    (tmp_path / "m.py").write_text(source)
    found: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import | ast.ImportFrom):
            found += [a.name for a in node.names] if isinstance(node, ast.Import) else [str(node.module)]
    assert found == ["rasa.core", "clinic", "nlu.text"]


# ── the time ─────────────────────────────────────────────────────────────────────────────────────────


def _calls(path: Path) -> Iterator[str]:
    """Calls and references that read the machine's clock: "datetime.now", "date.today", "time.time"."""
    aliases = {}
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and node.module in ("datetime", "time"):
            aliases |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.Import):
            aliases |= {
                alias.asname or alias.name: alias.name for alias in node.names if alias.name in ("datetime", "time")
            }
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute):
            first, _, rest = ast.unparse(node).partition(".")
            full = f"{aliases.get(first, '')}.{rest}" if first in aliases else ""
        elif isinstance(node, ast.Name):
            full = aliases.get(node.id, "")
        else:
            continue
        for known in (
            "datetime.datetime.now",
            "datetime.datetime.utcnow",
            "datetime.datetime.today",
            "datetime.date.today",
            "time.time",
        ):
            if full == known:
                yield known.removeprefix("datetime.")


@pytest.mark.parametrize("room", ROOMS)
def test_the_time_comes_from_the_clinics_clock(room: str) -> None:
    wrong = [
        f"{name_of(path)} calls {call}()"
        for path in modules(room)
        for call in _calls(path)
        if (name_of(path), call) not in CLOCKS
    ]
    assert not wrong, "take the time from clinic.clock, or write the reason into CLOCKS"


def test_every_exception_is_still_needed() -> None:
    there = {(name_of(path), call) for room in ROOMS for path in modules(room) for call in _calls(path)}
    assert set(CLOCKS) <= there
    assert sys.version_info[:2] == (3, 10)


@pytest.mark.parametrize(
    "source",
    [
        "from datetime import datetime\ndatetime.now()",
        "import datetime as dt\ndt.datetime.utcnow()",
        "import datetime\ndatetime.date.today()",
        "from datetime import date as d\nd.today()",
        "import time\nf(time.time)",
        "from time import time as clock\nclock()",
    ],
)
def test_every_way_to_read_the_clock_is_seen(source: str, tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(source)
    assert list(_calls(tmp_path / "m.py"))
