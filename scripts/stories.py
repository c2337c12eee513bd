"""Runs `rasa test` over tests/conversations/ with the demo clinic, and fails when one prediction is wrong."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from clinic.settings import PROJECT
from scripts import train
from scripts.demo_clinic import environment_of_demo_clinic


def main() -> int:
    """Entry point; Rasa's output is shown only when something failed."""
    with tempfile.TemporaryDirectory(prefix="salama-stories-") as folder, environment_of_demo_clinic() as env:
        command = [
            *(sys.executable, "-m", "rasa", "test", "core"),
            "--e2e",
            *("--stories", "tests/conversations", "--model", str(train.MODEL), "--endpoints", "endpoints.yml"),
            *("--out", f"{folder}/results", "--no-plot", "--fail-on-prediction-errors"),
        ]
        done = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True)
        failures = Path(folder, "results", "failed_test_stories.yml")
        wrong = failures.read_text(encoding="utf-8") if failures.exists() else ""
        if done.returncode:
            print(done.stdout[-3000:], done.stderr[-3000:], wrong[-8000:], sep="\n")
    count = sum(path.read_text(encoding="utf-8").count("- story:") for path in PROJECT.glob("tests/conversations/*.yml"))
    print(f"rasa test: {count} stories, {'failed' if done.returncode else 'all passed'}")
    return 1 if done.returncode or not count else 0


if __name__ == "__main__":
    raise SystemExit(main())
