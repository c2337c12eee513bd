"""Large content at rest: a file of encrypted pieces, written whole or not at all.

Every line is a Fernet token of one piece (`clinic.encryption`), so that neither writing nor reading holds a whole file
in memory. Whoever reads it compares the fingerprint of the content, which shows pieces that were lost or swapped.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path

from clinic import encryption
from clinic.settings import PROJECT, environment

NAME = "CLINIC_MEDIA"
PIECE = 1024 * 1024
_UNFINISHED = ".part"
_RANDOM_BYTES = 24


def folder() -> Path:
    """Where the files lie; a relative path counts from the project."""
    path = Path(environment().get(NAME, "").strip() or "var/media")
    return path if path.is_absolute() else PROJECT / path


def new_name() -> str:
    """A name that says nothing and is never used twice."""
    return secrets.token_hex(_RANDOM_BYTES)


def write(name: str, pieces: Iterable[bytes]) -> None:
    """Encrypt and keep. Until the last piece is on the disk there is no file `name`; when it fails nothing is left.

    Writing the same name again replaces it, so that a killed writer leaves nothing that nobody knows of.
    """
    place = folder()
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    unfinished = place / (name + _UNFINISHED)
    try:
        with os.fdopen(_for_us_alone(unfinished), "wb") as file:
            for piece in pieces:
                file.write(encryption.encrypt_bytes(piece) + b"\n")
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(place / name)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise
    _sync(place)


def read(name: str) -> Iterator[bytes]:
    """The pieces of a file; FileNotFoundError, or `encryption.Unreadable`."""
    with (folder() / name).open("rb") as file:
        for token in file:
            yield encryption.decrypt_bytes(token.rstrip(b"\n"))


def remove(name: str) -> None:
    """Forget a file, finished or not, whether it is there or not."""
    for path in (folder() / name, folder() / (name + _UNFINISHED)):
        path.unlink(missing_ok=True)


def _for_us_alone(path: Path) -> int:
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)


def _sync(place: Path) -> None:
    """The new name itself has to survive a power cut, too."""
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
