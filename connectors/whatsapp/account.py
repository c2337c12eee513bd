"""The clinic's WhatsApp account as the Graph API shows it: what a person looks up, not what is sent.

Sending is `graph`'s. Here every answer is shown to somebody, so an error carries Meta's own words. No secret is ever
part of an error or of a path.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests

from clinic.settings import environment, require
from connectors.whatsapp.session import opened
from connectors.whatsapp.settings import GraphSettings, graph_settings

# More pages than any account has: an end for a server that always says "next".
_PAGES = 200
_TIMEOUT = (5.0, 20.0)


class AccountError(Exception):
    """The Graph API refused or did not answer. `status` and `code` are None when there was no answer."""

    def __init__(self, words: str, status: int | None = None, code: int | None = None, subcode: int | None = None) -> None:
        super().__init__(words)
        self.status, self.code, self.subcode = status, code, subcode


@dataclass(frozen=True)
class Account:
    """A business account and its number. `id` is the business account's."""

    graph: GraphSettings
    id: str

    def get(self, path: str, params: Mapping[str, str] | None = None, *, token: str | None = None) -> Mapping[str, Any]:
        """GET /{version}/{path}; AccountError unless it worked. `token` instead of the system user's."""
        return self._ask("GET", path, params=params, token=token)

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """POST JSON to /{version}/{path}; AccountError unless it worked."""
        return self._ask("POST", path, body=body or {})

    def pages(self, path: str, params: Mapping[str, str]) -> Iterator[Mapping[str, Any]]:
        """Every entry of a list, page after page."""
        asked = dict(params)
        for _ in range(_PAGES):
            page = self.get(path, asked)
            yield from (entry for entry in page.get("data") or [] if isinstance(entry, Mapping))
            paging = page.get("paging") or {}
            after = (paging.get("cursors") or {}).get("after")
            if not paging.get("next") or not after or after == asked.get("after"):
                return
            asked["after"] = str(after)

    def _ask(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        token: str | None = None,
    ) -> Mapping[str, Any]:
        with opened(self.graph.url, token or self.graph.access_token) as session:
            address = f"{self.graph.url}/{self.graph.version}/{path}"
            try:
                response = session.request(
                    method, address, params=params, json=body, timeout=_TIMEOUT, allow_redirects=False
                )
            except requests.RequestException as error:
                # Its text would hold the address with its parameters.
                raise AccountError(f"no answer from {self.graph.url} ({type(error).__name__})") from None
        return _answer(response)


def _answer(response: requests.Response) -> Mapping[str, Any]:
    try:
        answer = response.json()
    except ValueError:
        answer = None
    if 200 <= response.status_code < 300 and isinstance(answer, Mapping):
        return answer
    error = answer.get("error") if isinstance(answer, Mapping) else None
    if not isinstance(error, Mapping):
        raise AccountError(f"HTTP {response.status_code} without an explanation", response.status_code)
    details = (error.get("error_data") or {}).get("details") if isinstance(error.get("error_data"), Mapping) else None
    words = error.get("error_user_msg") or details or error.get("message") or "no reason given"
    code, subcode = error.get("code"), error.get("error_subcode")
    raise AccountError(
        f"{words} (code {code}{f', subcode {subcode}' if subcode else ''})",
        response.status_code,
        code if isinstance(code, int) else None,
        subcode if isinstance(subcode, int) else None,
    )


def account(env: Mapping[str, str] | None = None) -> Account:
    """From the settings; SettingsError that names the variable when one is missing."""
    env = environment() if env is None else env
    return Account(graph_settings(env), require("WHATSAPP_BUSINESS_ACCOUNT_ID", env))
