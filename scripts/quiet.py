"""Rasa or its action server without the deprecation warnings of their dependencies: ``python -m scripts.quiet rasa run …``

Sanic 21.12 turns those warnings on when it is imported and Rasa those of pyparsing when it runs, whatever PYTHONWARNINGS
says; nobody here can act on them, and they bury the lines that matter. Our own rooms' warnings are errors in the tests.
"""

from __future__ import annotations

import runpy
import sys
import warnings
from typing import Any

_shown = warnings.showwarning


def _show(message: Any, category: Any, *where: Any, **more: Any) -> None:
    """A filter could be overruled by a later one; what shows the warnings is nobody else's."""
    if not issubclass(category, (DeprecationWarning, PendingDeprecationWarning)):
        _shown(message, category, *where, **more)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    warnings.showwarning = _show
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
