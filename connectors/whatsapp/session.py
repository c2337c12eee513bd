"""A session with the Graph API: the token goes along; of the environment only its proxies count, never a ~/.netrc."""

from __future__ import annotations

from urllib.parse import urlsplit

import requests
from requests.auth import AuthBase

_THIS_MACHINE = ("127.0.0.1", "localhost", "::1")


class Bearer(AuthBase):
    """As `auth`, because a ~/.netrc entry would replace a plain header."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def opened(url: str, token: str) -> requests.Session:
    """A session for the API at `url`; close it when done."""
    session = requests.Session()
    session.auth = Bearer(token)
    # A proxy of the environment is for the world, not for an emulator on this machine.
    session.trust_env = urlsplit(url).hostname not in _THIS_MACHINE
    return session
