"""What was learnt, as a file of the model: a pickle, packed with bz2.

joblib, scikit-learn's own way, unpickles in Python: a second for each three hundred thousand features, at every start.
"""

from __future__ import annotations

import bz2
import pickle
from pathlib import Path
from typing import Any


def keep(learnt: Any, path: Path) -> None:
    """Write something that was learnt to `path`."""
    with bz2.open(path, "wb") as file:
        pickle.dump(learnt, file, protocol=pickle.HIGHEST_PROTOCOL)


def kept(path: Path) -> Any:
    """What `keep` wrote. Like Rasa's models it is to be read from trusted places only: a pickle may run code."""
    return pickle.loads(bz2.decompress(path.read_bytes()))
