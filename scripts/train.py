"""Trains the model when what it is made of has changed: ``python -m scripts.train [--force]``."""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import time
from pathlib import Path
from typing import Iterator

from clinic import knowledge
from clinic.settings import PROJECT
from nlu.encoder import VARIABLE, EncoderError, folder_of
from scripts import environment

MODEL = PROJECT / "models" / "salama.tar.gz"
STAMP = PROJECT / "models" / "salama.sha256"
SOURCES = ("config.yml", "domain.yml", "requirements.lock")
FOLDERS = ("data", "locales", "nlu", "dialogue", "clinic/vocabulary", "clinic/triage")


def _files() -> Iterator[Path]:
    yield from (PROJECT / name for name in SOURCES)
    for folder in FOLDERS:
        yield from sorted(p for p in (PROJECT / folder).rglob("*") if p.suffix in (".yml", ".py"))
    yield from knowledge.files()


def _name(path: Path) -> str:
    """The clinic's own files may lie anywhere; they are known by topic and language."""
    return str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else "/".join(path.parts[-2:])


def fingerprint(languages: str = "", encoder: str = "") -> str:
    """A hash of everything the model depends on; of a sentence encoder, the setting."""
    digest = hashlib.sha256(languages.encode())
    if encoder:
        digest.update(b"\0" + encoder.encode() + b"\0")
    for path in _files():
        digest.update(_name(path).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def is_current(print_: str) -> bool:
    """Whether the model on disk was trained from exactly these files."""
    return MODEL.exists() and STAMP.exists() and STAMP.read_text().strip() == print_


def train(env: dict[str, str], force: bool = False) -> bool:
    """Train if needed; whether there is a model now. Rasa's own output is shown only when it fails."""
    try:
        knowledge.entries()
        if env.get(VARIABLE, "").strip():
            folder_of(env[VARIABLE].strip())
    except knowledge.KnowledgeError as error:
        print(f"{error} (how such a file looks: docs/data.md)", file=sys.stderr)
        return False
    except EncoderError as error:
        print(error, file=sys.stderr)
        return False
    wanted = fingerprint(env.get("CLINIC_LANGUAGES", ""), env.get(VARIABLE, "").strip())
    if is_current(wanted) and not force:
        return True
    print("training the model (three to five minutes on two cores) …", flush=True)
    started = time.monotonic()
    command = [sys.executable, "-m", "rasa", "train", "--fixed-model-name", MODEL.name.split(".")[0], "--force"]
    # `make check` validates; few augmented stories, since each of ours is complete (it is what TED takes longest over)
    command += ["--skip-validation", "--augmentation", "10"]
    done = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True)
    if done.returncode or not MODEL.exists():
        print(done.stdout[-4000:], done.stderr[-4000:], sep="\n", file=sys.stderr)
        print("training failed: the message above says where (`make check` validates the data)", file=sys.stderr)
        return False
    STAMP.write_text(wanted + "\n")
    size = MODEL.stat().st_size / 1e6
    print(f"trained in {time.monotonic() - started:.0f} s, {size:.1f} MB", flush=True)
    return True


def main() -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--force", action="store_true", help="train even if nothing changed")
    return 0 if train(environment.apply(demo=True), parser.parse_args().force) else 1


if __name__ == "__main__":
    raise SystemExit(main())
