"""The signature over the raw body."""

from __future__ import annotations

import json

from connectors.whatsapp.signature import is_genuine, sign

BODY = b'{"object":"whatsapp_business_account"}'


def test_the_known_vector() -> None:
    assert sign(BODY, "test-app-secret") == "sha256=b6978b21c4467654c466607663db9b43fae44b71083568df403e0a077089208e"


def test_what_is_genuine() -> None:
    header = sign(BODY, "s")
    assert is_genuine(BODY, header, "s")
    assert not is_genuine(BODY + b" ", header, "s")
    assert not is_genuine(BODY, header, "t")
    assert not is_genuine(BODY, header.upper(), "s")
    assert not is_genuine(BODY, header.removeprefix("sha256="), "s")
    assert not is_genuine(BODY, None, "s")
    assert not is_genuine(BODY, "", "s")
    assert not is_genuine(BODY, "sha256=ü\udcff", "s")


def test_without_a_secret_nothing_is_genuine() -> None:
    assert not is_genuine(BODY, sign(BODY, ""), "")


def test_metas_escapes_are_signed_as_they_came() -> None:
    raw = b'{"text":"\\u0645\\u0631\\u062d\\u0628\\u0627 \\/ x"}'
    assert is_genuine(raw, sign(raw, "s"), "s")
    assert not is_genuine(json.dumps(json.loads(raw)).encode(), sign(raw, "s"), "s")
