"""The access token, which can expire on order or by chance and come back."""

from __future__ import annotations

import hmac
import time

from simulator.graph_errors import bad_token, expired_token


class Token:
    """Real seconds: a token that expired while the clock is frozen comes back all the same."""

    def __init__(self, value: str) -> None:
        self._value = value.encode()
        self.reset()

    def reset(self) -> None:
        self._expired_until = 0.0

    @property
    def expired(self) -> bool:
        return time.monotonic() < self._expired_until

    def expire(self, seconds: float | None = None) -> None:
        """Until somebody renews it, or for so many seconds."""
        self._expired_until = float("inf") if seconds is None else time.monotonic() + seconds

    def check(self, authorization: str) -> None:
        """Refuse a header that is not "Bearer" and the token, or whose token has expired."""
        scheme, _, given = authorization.partition(" ")
        if scheme.lower() != "bearer" or not self.is_it(given.strip()):
            raise bad_token()
        if self.expired:
            raise expired_token()

    def is_it(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._value)
