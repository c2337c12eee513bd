"""``make triage-report``: plays the vignettes through model, action server and database, and writes the report."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from clinic.settings import PROJECT
from scripts import train
from scripts.demo_clinic import NOW
from scripts.stack import Stack


def main() -> int:
    """Entry point."""
    with tempfile.TemporaryDirectory(prefix="salama-triage-") as name:
        folder = Path(name)
        with Stack(folder / "stack", now=NOW, processes=("actions",)) as stack:
            if not train.train(stack.env):
                return 1
            played, judged = folder / "played.json", folder / "judged.json"
            files = ["--played", str(played), "--judged", str(judged)]
            measure = [sys.executable, "-m", "training.measured", str(train.MODEL), *files]
            subprocess.run(measure, cwd=PROJECT, env=stack.env, check=True)
            report = [sys.executable, "-m", "training.triage.report", str(played), str(judged)]
            return subprocess.run(report, cwd=PROJECT, env=stack.env).returncode


if __name__ == "__main__":
    raise SystemExit(main())
