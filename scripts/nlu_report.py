"""``make nlu-report``: trains if needed, lets the model read the fixed test sets, and writes the report."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from clinic.settings import PROJECT
from scripts import train
from scripts.demo_clinic import environment_of_demo_clinic


def main() -> int:
    """Entry point; options go to `training.report`."""
    with environment_of_demo_clinic() as env, tempfile.TemporaryDirectory(prefix="salama-report-") as folder:
        if not train.train(env):
            return 1
        found = Path(folder) / "found.json"
        read = [sys.executable, "-m", "training.measured", str(train.MODEL), "--understood", str(found)]
        subprocess.run(read, cwd=PROJECT, env=env, check=True)
        report = [sys.executable, "-m", "training.report", str(found), *sys.argv[1:]]
        return subprocess.run(report, cwd=PROJECT, env=env).returncode


if __name__ == "__main__":
    raise SystemExit(main())
