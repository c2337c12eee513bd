"""Health answers and media at rest: encrypted with the clinic's key, `CLINIC_ENCRYPTION_KEY`.

Fernet (AES-128-CBC with HMAC, RFC-like token format of the `cryptography` library). Several keys, with commas between,
let a key be changed: the first one encrypts, all of them decrypt. `python -m clinic key` prints a new one.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from clinic.settings import SettingsError, environment, require

NAME = "CLINIC_ENCRYPTION_KEY"


class Unreadable(Exception):
    """What is in the database was encrypted with another key."""


@lru_cache(maxsize=4)
def _keys(written: str) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key.strip()) for key in written.split(",") if key.strip()])
    except ValueError:
        raise SettingsError(f"{NAME} is no key: `python -m clinic key` prints one") from None


def new_key() -> str:
    """A fresh key, as text."""
    return Fernet.generate_key().decode()


def available() -> bool:
    """Is a key set at all?"""
    return bool(environment().get(NAME, "").strip())


def encrypt_bytes(content: bytes) -> bytes:
    """`content` as a token; SettingsError without a key."""
    return _keys(require(NAME)).encrypt(content)


def decrypt_bytes(token: bytes) -> bytes:
    """What `encrypt_bytes` was given; Unreadable when no key of today fits, SettingsError without a key."""
    try:
        return _keys(require(NAME)).decrypt(token)
    except InvalidToken:
        raise Unreadable(f"none of the keys in {NAME} reads this: add the key it was written with") from None


def encrypt(value: Any) -> str:
    """`value` (JSON) as a token; SettingsError without a key."""
    content = json.dumps(value, ensure_ascii=False, sort_keys=True).encode()
    return encrypt_bytes(content).decode()


def decrypt(token: str) -> Any:
    """What `encrypt` was given; Unreadable when no key of today fits, SettingsError without a key."""
    return json.loads(decrypt_bytes(token.encode()))
