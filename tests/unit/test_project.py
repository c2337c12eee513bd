"""The project as somebody who clones it finds it: nothing of one machine, nothing secret, a complete lock file."""

from __future__ import annotations

import re
import subprocess
from functools import lru_cache
from pathlib import Path

import pytest

from clinic.settings import PROJECT

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib  # type: ignore[no-redef]

BINARY = {".png", ".jpg", ".ico", ".woff2"}
# What a lock file or a licence may name; nothing of ours may.
REGISTRIES = re.compile(
    r"(?:pypi\.org|pythonhosted\.org|registry\.npmjs\.org|index-url|extra-index-url|artifactory|nexus\.)", re.IGNORECASE
)
MACHINE = re.compile(r"(?<![\w.$}/])/(?:root|home/\w+|Users/\w+|work/(?:main|shared))\b")
SECRETS = {
    "a Meta access token": re.compile(r"\bEAA[A-Za-z0-9]{20,}"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----"),
    "an AWS key": re.compile(r"\bAKIA[0-9A-Z]{16}\b"),
    "a GitHub token": re.compile(r"\bgh[pousr]_[A-Za-z0-9]{30,}"),
    "a password in an address": re.compile(
        r"\b(?:postgresql|mysql|redis|https?)(?:\+\w+)?://[^\s:/@\"'{}]+:(?!secret@|password@|…)[^\s@\"'{}]{6,}@"
    ),
    "a long secret in an assignment": re.compile(
        r"(?i)\b\w*(?:secret|token|password|api_key)\w*[\"']?\s*[:=]\s*[\"'](?!demo-)(?=[^\"']*\d)[A-Za-z0-9+/=_-]{24,}[\"']"
    ),
}
LONGEST_FILE, LONGEST_README = 300, 150
# Files that are one list, or one history, and would only be harder to read in two.
LONG_FILES = {
    "clinic/migrations/versions/0001_first_light.py": "a migration is never split",
    "tests/integration/messaging/test_worker.py": "one process, all its cases",
    "tests/unit/nlu/test_encoder.py": "one loader, all its cases",
    "tests/integration/clinic/test_holding_and_booking.py": "one table of rules, all its cases",
}


@lru_cache(maxsize=1)
def tracked() -> list[Path]:
    """Files that git knows, and those that it would: a test that is written before the commit sees the new file too."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    return [PROJECT / name for name in done.stdout.split("\0") if name and (PROJECT / name).is_file()]


@lru_cache(maxsize=1)
def texts() -> dict[str, str]:
    return {
        path.relative_to(PROJECT).as_posix(): path.read_text("utf-8") for path in tracked() if path.suffix not in BINARY
    }


def found(pattern: re.Pattern[str], *, without: tuple[str, ...] = ()) -> list[str]:
    return [
        f"{name}:{content.count(chr(10), 0, match.start()) + 1}: {match.group()[:60]}"
        for name, content in texts().items()
        if name not in without and name != Path(__file__).relative_to(PROJECT).as_posix()
        for match in pattern.finditer(content)
    ]


def test_git_is_asked() -> None:
    assert {"pyproject.toml", "config.yml", "clinic/clock.py"} <= set(texts())


def test_no_package_registry_is_named() -> None:
    """Which registry packages come from is the machine's business."""
    assert found(REGISTRIES) == []


def test_no_path_of_one_machine() -> None:
    assert found(MACHINE) == []


@pytest.mark.parametrize("kind", SECRETS)
def test_no_secret(kind: str) -> None:
    assert found(SECRETS[kind]) == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("a Meta access token", "EAAB" + "x1" * 20),
        ("a password in an address", "postgresql://clinic:" + "hunter2hunter2@db/clinic"),
        ("a long secret in an assignment", 'APP_SECRET = "' + "9f8e7d6c5b4a" * 3 + '"'),
    ],
)
def test_a_secret_would_be_seen(kind: str, text: str) -> None:
    assert SECRETS[kind].search(text)


def test_no_environment_file_and_no_database() -> None:
    assert [
        name for name in texts() if Path(name).name in (".env", "id_rsa") or name.endswith((".db", ".pem", ".key"))
    ] == []


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@lru_cache(maxsize=1)
def locked() -> dict[str, str]:
    """Package → its whole entry in requirements.lock."""
    entries = re.findall(r"^[A-Za-z0-9][^\n]*==(?:.*\\\n)*.*$", texts()["requirements.lock"], re.MULTILINE)
    return {_normal(re.split(r"[=\[; ]", entry, maxsplit=1)[0]): entry for entry in entries}


def wanted() -> dict[str, str]:
    project = tomllib.loads(texts()["pyproject.toml"])
    listed = [*project["project"]["dependencies"], *(d for group in project["dependency-groups"].values() for d in group)]
    return {_normal(re.split(r"[\[<>=!~; ]", entry, maxsplit=1)[0]): entry for entry in listed}


def test_every_locked_package_has_hashes() -> None:
    assert len(locked()) > 100
    assert [name for name, entry in locked().items() if "--hash=sha256:" not in entry] == []


def test_the_lock_file_holds_what_the_project_asks_for() -> None:
    assert sorted(set(wanted()) - set(locked())) == []


@pytest.mark.parametrize("entry", [e for e in wanted().values() if "==" in e])
def test_pinned_versions_are_the_locked_ones(entry: str) -> None:
    name, version = re.match(r"([\w.-]+)(?:\[[^\]]*\])?==([\w.]+)", entry).groups()  # type: ignore[union-attr]
    assert re.search(rf"=={re.escape(version)}(?![\w.])", locked()[_normal(name)])


def test_no_file_is_too_long() -> None:
    lines = {name: content.count("\n") for name, content in texts().items() if name.endswith(".py")}
    long = {name: count for name, count in lines.items() if count > LONGEST_FILE}
    assert set(long) <= set(LONG_FILES), "usually two rooms; or write the reason into LONG_FILES"
    assert set(LONG_FILES) <= set(long), "no longer too long: take it out of LONG_FILES"


def test_the_readme_is_short_and_names_the_two_commands() -> None:
    readme = texts().get("README.md")
    assert readme is not None, "README.md is missing: write it (what Salama is, a picture, `make run`, `make test`)"
    assert readme.count("\n") <= LONGEST_README
    assert "make run" in readme and "make test" in readme


def test_what_the_readme_and_the_handbook_point_to_is_there() -> None:
    broken = []
    for name, content in texts().items():
        if name.endswith(".md"):
            for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#\s]+)", content):
                if not ((PROJECT / name).parent / target).exists():
                    broken.append(f"{name}: {target}")
    assert not broken


def test_make_knows_the_contracts_commands() -> None:
    targets = set(re.findall(r"^(\w+):", texts()["Makefile"], re.MULTILINE))
    assert {"run", "test", "serve", "seed", "train", "check", "bench", "clean"} <= targets
