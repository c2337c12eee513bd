"""Who is given the token, and what is announced in which way."""

from __future__ import annotations

import base64
from hashlib import sha256

import pytest

from clinic.media import KINDS
from connectors.whatsapp.media import LIMITS, TYPES, fingerprint, plain_type
from connectors.whatsapp.settings import MediaSettings, media_settings

META = MediaSettings("https://graph.facebook.com")
LOCAL = MediaSettings("http://127.0.0.1:9000")


@pytest.mark.parametrize(
    "url",
    [
        "https://lookaside.fbsbx.com/whatsapp_business/attachments/?mid=1&ext=2&hash=3",
        "https://lookaside.fbsbx.com:443/x",
        "https://LOOKASIDE.fbsbx.com/x",
        "https://media.fra3-1.cdn.whatsapp.net/x",
        "https://scontent.xx.fbcdn.net/x",
        "https://graph.facebook.com/x",
    ],
)
def test_metas_own_hosts_get_the_token(url: str) -> None:
    assert META.allows(url)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "lookaside.fbsbx.com",
        "//lookaside.fbsbx.com/x",
        "http://lookaside.fbsbx.com/x",
        "ftp://lookaside.fbsbx.com/x",
        "file:///etc/passwd",
        "https://lookaside.fbsbx.com:8443/x",
        "https://lookaside.fbsbx.com:port/x",
        "https://lookaside.fbsbx.com@evil.example/x",
        "https://evil.example\\@lookaside.fbsbx.com/x",
        "https://evil.example\\.fbcdn.net/x",
        "https://evil.example%2f.fbcdn.net/x",
        "https://user:word@lookaside.fbsbx.com/x",
        "https://lookaside.fbsbx.com.evil.example/x",
        "https://evilfbcdn.net/x",
        "https://fbcdn.net.evil.example/x",
        "https://evil.example/?lookaside.fbsbx.com",
        "https://evil.example#lookaside.fbsbx.com",
        "https://127.0.0.1/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/x",
        "https://[::1",
        "http://127.0.0.1:9000/x",
    ],
)
def test_nobody_else_does(url: str) -> None:
    assert not META.allows(url)


def test_an_emulator_gets_it_at_its_own_address_only() -> None:
    assert LOCAL.allows("http://127.0.0.1:9000/whatsapp_business/attachments/?mid=1")
    for url in ("http://127.0.0.1:9001/x", "http://127.0.0.1/x", "http://localhost:9000/x", "https://127.0.0.1:9000/x"):
        assert not LOCAL.allows(url)


def test_the_hosts_can_be_set() -> None:
    named = media_settings({"WHATSAPP_MEDIA_HOSTS": " media.example , .CDN.example,, . "})
    assert named.hosts == ("media.example", ".cdn.example")
    assert named.allows("https://media.example/x") and named.allows("https://a.cdn.example/x")
    assert not named.allows("https://cdn.example/x") and not named.allows("https://lookaside.fbsbx.com/x")
    assert media_settings({}).allows("https://lookaside.fbsbx.com/x")


def test_fingerprints_are_read_in_either_writing() -> None:
    digest = sha256(b"x")
    assert fingerprint(digest.hexdigest().upper()) == digest.hexdigest()
    assert fingerprint(base64.b64encode(digest.digest()).decode()) == digest.hexdigest()
    for odd in (None, 1, "", "abc", "=" * 64, "ä" * 44, base64.b64encode(b"short").decode()):
        assert fingerprint(odd) is None


def test_types_are_read_without_what_follows_them() -> None:
    assert plain_type("Audio/OGG; codecs=opus") == "audio/ogg"
    for odd in (None, "", "audio", "a/b/c", "text/html\r\nX: y"):
        assert plain_type(odd) is None


def test_every_kind_has_a_limit_and_nothing_runs_in_a_browser() -> None:
    assert set(LIMITS) == set(TYPES) == set(KINDS)
    everything = {mime_type for listed in TYPES.values() for mime_type in listed}
    assert not everything & {"text/html", "image/svg+xml", "application/xhtml+xml", "text/xml", "application/javascript"}
