"""What the trained model makes of every set that is measured: found once, since loading it takes longer than most sets."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from clinic.settings import PROJECT
from scripts.demo_clinic import NOW
from scripts.stack import Stack
from scripts.train import MODEL

# All vignettes are played by `make triage-report`; here every fourth, for the time.
EVERY = 4


@pytest.fixture(scope="session")
def measured(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """`understood`, `judged` and `played`, as `training.measured` writes them."""
    folder = tmp_path_factory.mktemp("measured")
    files: dict[str, Path] = {name: folder / f"{name}.json" for name in ("understood", "judged", "played")}
    options = [part for name, file in files.items() for part in (f"--{name}", str(file))]
    with Stack(folder / "stack", now=NOW, processes=("actions",)) as stack:
        command = [sys.executable, "-m", "training.measured", str(MODEL), *options, "--every", str(EVERY)]
        subprocess.run(command, cwd=PROJECT, env=stack.env, check=True)
    return {name: json.loads(file.read_text("utf-8")) for name, file in files.items()}
