"""Rasa's command line without the deprecation warnings of its own dependencies: ``python -m scripts.quiet_rasa run …``

Sanic 21.12 turns those warnings on when it is imported, whatever PYTHONWARNINGS says; nobody here can act on them, and
they bury the lines that matter. Our own rooms' warnings are errors in the tests.
"""

from __future__ import annotations

import runpy
import warnings

import sanic  # noqa: F401 - first, so that its filter is the one that is overruled

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    runpy.run_module("rasa", run_name="__main__", alter_sys=True)
