"""The Graph API's client: one request, one typed answer.

Meta decides by `error.code` ("Cloud API error codes"), never by title or HTTP status; the classes are
our reading of it. There is no idempotency key: a request that broke off after it left may have
been obeyed, which is a class of its own (`Trouble.UNSURE`).
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from connectors.whatsapp import outbound
from connectors.whatsapp.inbound import error_words
from connectors.whatsapp.session import opened
from connectors.whatsapp.settings import GraphSettings


class Trouble(enum.Enum):
    """What an error asks for."""

    RETRY = "retry"  # back off and try again
    FEW = "few"  # try a few times
    PAIR = "pair"  # too fast for this patient: only this contact waits
    NUMBER = "number"  # too fast for the number: everything waits
    ACCOUNT = "account"  # too much for the account: everything waits
    APP = "app"  # too many calls of the app: everything waits
    QUALITY = "quality"  # too much like spam: what the clinic starts waits
    WINDOW = "window"  # 24 hours are over: only a template may go out
    PHONE = "phone"  # cannot be sent to a user id: only to a phone
    STOP = "stop"  # token, permission or account: nothing goes out until a person acts
    REFUSED = "refused"  # the patient does not want it, or Meta spares them today
    PERMANENT = "permanent"  # will never work
    UNSURE = "unsure"  # maybe sent


_CLASSES: dict[Trouble, tuple[int, ...]] = {
    Trouble.RETRY: (2, 131000, 131016, 131057, 133004),
    Trouble.FEW: (1, 131053, 132069),
    Trouble.PAIR: (131056,),
    Trouble.NUMBER: (130429, 133016),
    Trouble.ACCOUNT: (80007,),
    Trouble.APP: (4,),
    Trouble.QUALITY: (131048,),
    Trouble.WINDOW: (131047,),
    Trouble.PHONE: (131062,),
    Trouble.STOP: (
        *(0, 3, 10, 33, 190, 131005, 131037, 131045, 133000, 133005, 133006, 133008, 133009, 133010, 133015),
        *(368, 130497, 131031, 131042, 131064),
    ),
    Trouble.REFUSED: (131050, 131049),
    Trouble.PERMANENT: (
        *(100, 130472, 131008, 131009, 131021, 131026, 131030, 131051, 131052, 131059, 131063, 135000),
        # Somebody else may hold the telephone now: a person has to find out.
        137000,
    ),
}
_PERMISSIONS, _TEMPLATES = range(200, 300), range(132000, 133000)
THROTTLES = (Trouble.NUMBER, Trouble.ACCOUNT, Trouble.APP)
_BY_CODE = {code: trouble for trouble, codes in _CLASSES.items() for code in codes}


def classify(code: int | None, http_status: int) -> Trouble:
    """The class of an error; an unknown code is judged by its HTTP status."""
    if code is not None:
        if code in _BY_CODE:
            return _BY_CODE[code]
        if code in _PERMISSIONS:
            return Trouble.STOP
        if code in _TEMPLATES:
            return Trouble.PERMANENT
    if http_status >= 500 or http_status == 408:
        return Trouble.RETRY
    if http_status == 429:
        return Trouble.NUMBER
    if http_status in (401, 403):
        return Trouble.STOP
    return Trouble.PERMANENT


def passes(code: str | None) -> bool:
    """Is it worth sending the message again, when a status says that it failed with this code?"""
    trouble = _BY_CODE.get(int(code)) if code and code.isascii() and code.isdecimal() else None
    return trouble in (Trouble.RETRY, Trouble.FEW, Trouble.PAIR, *THROTTLES)


class GraphError(Exception):
    """The message was not taken (or nobody knows: UNSURE). `code` is Meta's, or "http-503", "network" …"""

    def __init__(self, trouble: Trouble, code: str, detail: str, retry_after: float | None = None) -> None:
        super().__init__(f"{code}: {detail}")
        self.trouble, self.code, self.detail, self.retry_after = trouble, code, detail, retry_after


class Graph:
    """A phone number's side of the Graph API. Safe for several threads; close() it when done."""

    def __init__(self, settings: GraphSettings, connections: int = 8) -> None:
        self._timeout = (settings.connect_seconds, settings.read_seconds)
        self._root = f"{settings.url}/{settings.version}"
        self._messages = f"{self._root}/{settings.phone_number_id}/messages"
        self._session = opened(settings.url, settings.access_token)
        adapter = HTTPAdapter(pool_connections=connections, pool_maxsize=connections)
        self._session.mount("https://", adapter)
        self._session.mount("http://", adapter)

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def send(self, body: Mapping[str, Any]) -> str | None:
        """POST one message; its wamid, or None when it was accepted without one. GraphError otherwise."""
        answer = self._post(body)
        messages = answer.get("messages")
        first = messages[0] if isinstance(messages, list) and messages else None
        wamid = first.get("id") if isinstance(first, Mapping) else None
        return wamid if isinstance(wamid, str) and wamid else None

    def mark_read(self, wamid: str, typing: bool = True) -> None:
        """Blue ticks for the patient's message and, until the reply or 25 s, the typing indicator."""
        self._post(outbound.read(wamid, typing=typing))

    def get(self, path: str) -> Mapping[str, Any]:
        """GET something of the API, such as a medium's id; GraphError when it is not given."""
        try:
            response = self._session.get(f"{self._root}/{path}", timeout=self._timeout, allow_redirects=False)
        except requests.RequestException as error:
            raise GraphError(Trouble.RETRY, "network", f"no answer ({type(error).__name__})") from None
        answer = _json(response)
        if 200 <= response.status_code < 300:
            return answer if isinstance(answer, Mapping) else {}
        raise _refused(response, answer)

    def download(self, url: str) -> requests.Response:
        """GET a whole address with the token, the content still to come. Whoever calls knows that it may have the token."""
        try:
            return self._session.get(url, timeout=self._timeout, allow_redirects=False, stream=True)
        except requests.RequestException as error:
            raise GraphError(Trouble.RETRY, "network", f"no answer ({type(error).__name__})") from None

    def _post(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            response = self._session.post(self._messages, json=body, timeout=self._timeout, allow_redirects=False)
        except requests.RequestException as error:
            raise _broken(error) from None
        answer = _json(response)
        if 200 <= response.status_code < 300:
            return answer if isinstance(answer, Mapping) else {}
        raise _refused(response, answer)


def _json(response: requests.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


def _broken(error: requests.RequestException) -> GraphError:
    """No answer. Before the connection stood nothing was sent; after that nobody knows."""
    reason: Any = error.args[0] if error.args else None
    reason = getattr(reason, "reason", reason)
    never_left = isinstance(error, requests.ConnectTimeout) or isinstance(
        reason, (NewConnectionError, ConnectTimeoutError, NameResolutionError)
    )
    if never_left or isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.SSLError)):
        return GraphError(Trouble.RETRY, "network", f"no connection to the Graph API ({type(error).__name__})")
    return GraphError(Trouble.UNSURE, "unsure", f"the connection broke off ({type(error).__name__})")


def _refused(response: requests.Response, answer: Any) -> GraphError:
    error = answer.get("error") if isinstance(answer, Mapping) else None
    retry_after = _seconds(response.headers.get("Retry-After"))
    if not isinstance(error, Mapping):
        trouble = classify(None, response.status_code)
        return GraphError(trouble, f"http-{response.status_code}", "an answer without an error object", retry_after)
    code = error.get("code")
    number = code if isinstance(code, int) else None
    trouble = classify(number, response.status_code)
    return GraphError(trouble, str(code), error_words(error), retry_after)


def _seconds(text: str | None) -> float | None:
    try:
        return max(0.0, float(text)) if text else None
    except ValueError:
        return None
