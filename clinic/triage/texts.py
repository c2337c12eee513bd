"""What triage says, per language: `texts/<language>/findings.yml`, `aid.yml` and one file a protocol.

Findings: `title` (a list row, ≤ 24 characters), `more` (≤ 72), `ask` (a question), `staff` (for the summary); choices
also `options` (buttons, ≤ 20). Protocols: `complaint` (and `title` for a list row, where it is longer than 24),
`watch`, and `self_care` where a path ends there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from clinic import yamlfile
from clinic.triage import findings, screen
from clinic.triage.protocols import protocols

FOLDER = Path(__file__).with_name("texts")
TITLE, MORE, BUTTON, QUESTION, ADVICE = 24, 72, 20, 250, 500


@lru_cache(maxsize=512)
def _file(language: str, name: str) -> Mapping[str, Any]:
    content: Mapping[str, Any] = yamlfile.load(FOLDER / language / f"{name}.yml")
    return content


def of_finding(name: str, language: str) -> Mapping[str, Any]:
    """The words for a finding in a language."""
    entry: Mapping[str, Any] = _file(language, "findings")[name]
    return entry


def title(name: str, language: str) -> str:
    """What a sign is called on a list row."""
    return str(of_finding(name, language)["title"])


def staff(name: str, language: str) -> str:
    """What a finding is called in the summary for staff."""
    return str(of_finding(name, language)["staff"])


def complaint(protocol: str, language: str) -> str:
    """What a protocol's complaint is called in a sentence."""
    return str(_file(language, protocol)["complaint"])


def complaint_title(protocol: str, language: str) -> str:
    """What a protocol's complaint is called on a list row."""
    entry = _file(language, protocol)
    words = str(entry.get("title") or entry["complaint"])
    return words[0].upper() + words[1:]


def self_care(protocol: str, language: str) -> str | None:
    """Advice for at home; None where the protocol has none."""
    advice = _file(language, protocol).get("self_care")
    return str(advice).strip() if advice else None


def watch(protocol: str, language: str) -> str:
    """What to watch for: follows "Please come back at once if"."""
    return str(_file(language, protocol)["watch"]).strip()


def aid(name: str | None, language: str) -> str | None:
    """What can be done until help comes; None where there is no standard advice for bystanders."""
    entry = _file(language, "aid").get(name or "")
    return str(entry).strip() if entry else None


def danger(sign: str, language: str) -> str:
    """What a patient calls a danger sign, to ask whether it is so."""
    return str(_file(language, "danger")[sign]).strip()


def problems(languages: Sequence[str]) -> Iterator[str]:
    """What is missing or too long, in any of the languages."""
    for language in languages:
        yield from (f"texts/{language}/findings.yml: {problem}" for problem in _finding_problems(language))
        for sign, entry in findings.words().items():
            if not aid(entry, language):
                yield f"texts/{language}/aid.yml: {entry} is missing: it is said to who tells of {sign}"
        named = _file(language, "danger")
        yield from (f"texts/{language}/danger.yml: {sign} is missing" for sign in screen.signs() if not named.get(sign))
        for name in protocols():
            yield from (f"texts/{language}/{name}.yml: {problem}" for problem in _protocol_problems(name, language))
        for name in sorted({protocol.below_2 for protocol in protocols().values()} - {""}):
            needed = ("watch", "self_care")
            yield from (f"texts/{language}/{name}.yml: {problem}" for problem in _advice_problems(name, language, needed))


def _finding_problems(language: str) -> Iterator[str]:
    content = _file(language, "findings")
    for name in (*findings.signs(), *findings.numbers(), *findings.choices()):
        entry = content.get(name) or {}
        needed = ("title", "ask", "staff") if name in findings.signs() else ("ask", "staff")
        yield from (f"{name} has no `{field}`" for field in needed if not entry.get(field))
        for field, most in (("title", TITLE), ("more", MORE), ("ask", QUESTION)):
            if len(str(entry.get(field) or "")) > most:
                yield f"{name}: `{field}` has more than {most} characters"
        for code in findings.choices().get(name, ()):
            option = (entry.get("options") or {}).get(code)
            if not option or len(option) > BUTTON:
                yield f"{name}: option {code} is missing or has more than {BUTTON} characters"
    titles = [entry["title"] for entry in content.values() if entry.get("title")]
    yield from (f"two signs are called {one!r}" for one in sorted(set(titles)) if titles.count(one) > 1)


def _protocol_problems(name: str, language: str) -> Iterator[str]:
    needed = ["complaint", "watch"] + (["self_care"] if protocols()[name].otherwise == "self_care" else [])
    yield from _advice_problems(name, language, needed)
    there = (FOLDER / language / f"{name}.yml").exists() and _file(language, name).get("complaint")
    if there and len(complaint_title(name, language)) > TITLE:
        yield f"`complaint` has more than {TITLE} characters and there is no `title` that has fewer"


def _advice_problems(name: str, language: str, needed: Sequence[str]) -> Iterator[str]:
    try:
        content = _file(language, name)
    except FileNotFoundError:
        yield "is missing"
        return
    yield from (f"`{field}` is missing" for field in needed if not content.get(field))
    for field in ("self_care", "watch"):
        if len(str(content.get(field) or "")) > ADVICE:
            yield f"`{field}` has more than {ADVICE} characters"
