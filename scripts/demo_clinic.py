"""A demo clinic in databases of its own, for a command that needs the model and the clinic but no patient."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

from clinic.settings import PROJECT
from scripts import environment

# A Monday morning: what patients say in tests/ is said then.
NOW = "2026-11-23T09:00:00+01:00"


@contextmanager
def environment_of_demo_clinic() -> Iterator[dict[str, str]]:
    """The environment for a subprocess: temporary databases, seeded, the clock at NOW."""
    with tempfile.TemporaryDirectory(prefix="salama-clinic-") as folder:
        env = {
            **environment.build(demo=True),
            "CLINIC_DATABASE_URL": f"sqlite:///{folder}/clinic.db",
            "TRACKER_DATABASE_URL": f"sqlite:///{folder}/tracker.db",
            "CLINIC_NOW": NOW,
        }
        for step in ("migrate", "seed"):
            command = [sys.executable, "-m", "clinic", step]
            subprocess.run(command, cwd=PROJECT, env=env, check=True, stdout=subprocess.DEVNULL)
        yield env
