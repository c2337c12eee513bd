"""Which language the clinic answers in."""

from __future__ import annotations

from typing import Any, Iterable, Mapping, Optional

from clinic.settings import settings


def conversation_language(
    parses: Iterable[Optional[Mapping[str, Any]]], chosen: Optional[str] = None, fallback: Optional[str] = None
) -> str:
    """The language code of a conversation, always one of `CLINIC_LANGUAGES`.

    The patient's explicit choice wins; then the language of the newest message that has one (a tap has none, nor has a
    bare number: its confidence is 0; a short reply was given the conversation's language by `nlu.language`); then
    `fallback`, such as the contact's stored language; then `CLINIC_DEFAULT_LANGUAGE`.

    `parses` are Rasa's parse results of the patient's messages, newest first.
    """
    spoken = settings().languages
    if chosen in spoken:
        return str(chosen)
    for parse in parses:
        found = (parse or {}).get("language") or {}
        if found.get("code") in spoken and found.get("confidence", 1) > 0:
            return str(found["code"])
    return str(fallback) if fallback in spoken else settings().default_language
