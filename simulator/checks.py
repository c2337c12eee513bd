"""Small strict checks on JSON, each refusing with the field's full name and its limit.

Missing things are 131008, values outside a limit 131009, and the outer parameters of the call 100, as on Meta's page
"Cloud API error codes". Lengths are counted in Unicode code points.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from simulator.graph_errors import GraphError

Json = dict[str, Any]


def missing(path: str) -> GraphError:
    return GraphError(131008, f"The parameter {path} is required.", field=path)


def invalid(path: str, why: str) -> GraphError:
    return GraphError(131009, f"{path} {why}", field=path)


def outer(path: str, why: str) -> GraphError:
    """A refusal about a parameter of the call itself."""
    return GraphError(100, f"{path} {why}", message="(#100) Invalid parameter", field=path)


def required_outer(path: str) -> GraphError:
    details = f"The parameter {path} is required."
    return GraphError(100, details, message=f"(#100) {details}", field=path)


def obj(parent: Json, key: str, path: str, *, keys: Collection[str] | None = None, required: bool = True) -> Json | None:
    """The object under `key`; with `keys`, anything else inside it is refused as the Graph does."""
    value = parent.get(key)
    if value is None:
        if required:
            raise missing(path)
        return None
    if not isinstance(value, dict):
        raise GraphError(100, f"{path} must be an object", message=f"(#100) Param {path} must be a JSON object.")
    if keys is not None:
        only_keys(value, path, keys)
    return value


def need_obj(parent: Json, key: str, path: str, *, keys: Collection[str] | None = None) -> Json:
    found = obj(parent, key, path, keys=keys)
    assert found is not None  # required is the default
    return found


def only_keys(value: Json, path: str, keys: Collection[str]) -> None:
    for key in value:
        if key not in keys:
            message = f'(#100) Unexpected key "{key}" on param "{path}".'
            raise GraphError(100, f'Unexpected key "{key}" on param "{path}".', message=message)


def array(parent: Json, key: str, path: str, *, minimum: int, maximum: int) -> list[Json]:
    """A list of objects whose size is within its limit."""
    value = parent.get(key)
    if value is None:
        raise missing(path)
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise GraphError(100, f"{path} must be an array", message=f"(#100) Param {path} must be an array of objects.")
    if not minimum <= len(value) <= maximum:
        raise invalid(path, f"count invalid: {len(value)}. Min: {minimum}, Max: {maximum}")
    return value


def text(parent: Json, key: str, path: str, *, maximum: int | None, required: bool = True) -> str:
    """A string that is not blank and not longer than its limit; "" when optional and absent."""
    value = parent.get(key)
    if value is None:
        if required:
            raise missing(path)
        return ""
    if not isinstance(value, str):
        raise invalid(path, "must be a string")
    if not value.strip():
        raise invalid(path, f"length invalid: it is empty. Min length: 1, Max length: {maximum}")
    if maximum is not None and len(value) > maximum:
        raise invalid(path, f"length invalid: {len(value)}. Min length: 1, Max length: {maximum}")
    return value


def identifier(parent: Json, key: str, path: str, *, maximum: int) -> str:
    """A reply id: guide "Interactive reply buttons": no leading or trailing spaces."""
    value = text(parent, key, path, maximum=maximum)
    if value != value.strip():
        raise invalid(path, "must not have leading or trailing spaces")
    return value


def one_of(parent: Json, key: str, path: str, allowed: Collection[str], *, required: bool = True) -> str | None:
    value = parent.get(key)
    if value is None:
        if required:
            raise missing(path)
        return None
    if value not in allowed:
        raise invalid(path, f"must be one of {{{', '.join(sorted(allowed))}}}, not {value!r}")
    return str(value)


def boolean(parent: Json, key: str, path: str) -> None:
    if key in parent and not isinstance(parent[key], bool):
        raise invalid(path, "must be a boolean")


def number(parent: Json, key: str, path: str, *, minimum: float, maximum: float) -> float:
    value = parent.get(key)
    if value is None:
        raise missing(path)
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        raise invalid(path, "must be a number")
    try:
        parsed = float(value)
    except ValueError as error:
        raise invalid(path, "must be a number") from error
    if not minimum <= parsed <= maximum:
        raise invalid(path, f"must be between {minimum:g} and {maximum:g}, not {parsed:g}")
    return parsed


def web_address(parent: Json, key: str, path: str) -> str:
    value = text(parent, key, path, maximum=2000)
    if not re.fullmatch(r"https?://[^\s/]+\S*", value):
        raise invalid(path, "must be a web address that begins with http:// or https://")
    return value


def unique(values: list[str], path: str) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise invalid(path, f"must be unique within the message: {value!r} appears more than once")
        seen.add(value)
