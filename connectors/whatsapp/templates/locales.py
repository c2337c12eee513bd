"""Our languages and the channel's locales: "pt" is pt_BR or pt_PT, and a wrong one gets a number flagged."""

from __future__ import annotations

from collections.abc import Mapping

from clinic.settings import SettingsError, environment, settings

VARIABLE = "WHATSAPP_TEMPLATE_LOCALES"
# The texts are Brazilian; a clinic in Portugal writes its own under pt_PT and sets pt=pt_PT.
DEFAULTS: Mapping[str, str] = {"pt": "pt_BR"}


def locales(env: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """The locale of each of the clinic's languages; SettingsError on a value that is not `pt=pt_PT,en=en_GB`."""
    env = environment() if env is None else env
    written = env.get(VARIABLE, "").strip()
    chosen: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in written.split(","))):
        language, _, locale = (word.strip() for word in pair.partition("="))
        if language not in settings().languages or not locale:
            raise SettingsError(f"{VARIABLE}={written!r}: write for example pt=pt_PT,en=en_GB")
        chosen[language] = locale
    return {language: chosen.get(language) or DEFAULTS.get(language, language) for language in settings().languages}


def locale_of(language: str | None) -> str:
    """The locale of a contact's language; the default language's when it has none that the clinic speaks."""
    known = locales()
    return known.get(language or "") or known[settings().default_language]
