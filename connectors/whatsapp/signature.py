"""`X-Hub-Signature-256`: who sent this webhook.

`sha256=` and the hex HMAC-SHA256 of the *raw* body under the app secret (Meta: "Webhooks, Validating
payloads"). Meta escapes the JSON in its own way, so the body must never be parsed and dumped first.
"""

from __future__ import annotations

import hashlib
import hmac

_PREFIX = "sha256="


def sign(body: bytes, secret: str) -> str:
    """The header's value for `body`."""
    return _PREFIX + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def is_genuine(body: bytes, header: str | None, secret: str) -> bool:
    """Was `body` signed with `secret`? Constant time; never without a secret."""
    if not secret or not header or not header.startswith(_PREFIX):
        return False
    # Bytes: compare_digest refuses text that is not ASCII, and a stranger may send any.
    return hmac.compare_digest(sign(body, secret).encode(), header.encode("utf-8", "surrogateescape"))
