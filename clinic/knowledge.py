"""Answers that a clinic writes itself: `knowledge/<topic>/<language>.md`, Markdown under a short YAML head.

    ---
    title: First visit                 # optional: the button, when two topics are close; at most 20 characters
    link: https://clinic.example/first # optional: a line of its own below the answer
    questions:                         # how people ask it, at least five
    - what happens at a first visit
    ---
    **Welcome!** Please come ten minutes early.

The questions are trained (`nlu/importer.py`); the answer is read when it is said, so that the newest text is given.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from clinic.markdown import to_whatsapp
from clinic.settings import PROJECT, SUPPORTED_LANGUAGES, environment
from clinic.topics import TOPICS, is_address
from clinic.vocabulary import normalise

FEWEST_QUESTIONS = 5
LONGEST_TITLE = 20  # a button's
LONGEST_ANSWER = 3600  # WhatsApp takes 4096: the rest is for a link, and for an introduction before it
DEFAULT_FOLDER = "knowledge"
_TOPIC = re.compile(r"[a-z][a-z0-9_]{0,39}")
_HEAD = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*\r?$\n?(.*)\Z", re.DOTALL | re.MULTILINE)
_KEYS = ("questions", "title", "link")


class KnowledgeError(Exception):
    """A file of the folder cannot be used; the message names the file and says what to do."""


@dataclass(frozen=True)
class Entry:
    """One topic in one language; `answer` is already as WhatsApp writes it."""

    topic: str
    language: str
    questions: tuple[str, ...]
    answer: str
    title: str | None
    link: str | None


def folder() -> Path:
    """Where the clinic's files lie (`CLINIC_KNOWLEDGE`)."""
    # An absolute path stays what it is.
    return PROJECT / (environment().get("CLINIC_KNOWLEDGE") or DEFAULT_FOLDER)


def files(root: Path | None = None) -> list[Path]:
    """The files of all topics, in order; KnowledgeError where something else lies between them."""
    root = root or folder()
    if not root.is_dir():
        if environment().get("CLINIC_KNOWLEDGE"):
            raise KnowledgeError(f"CLINIC_KNOWLEDGE={root} is no folder: make it, or take the setting away")
        return []
    return [path for place in sorted(root.iterdir()) if not place.name.startswith(".") for path in _of_topic(root, place)]


def _of_topic(root: Path, place: Path) -> Iterator[Path]:
    if place.is_file():
        if place.stem.upper() != "README":
            raise _error(place, f"put it into a folder of its topic: {root.name}/<topic>/<language>.md")
        return
    if not _TOPIC.fullmatch(place.name):
        raise _error(place, "name the folder with small Latin letters, digits and _, such as travel_medicine")
    for path in sorted(place.iterdir()):
        if path.name.startswith("."):
            continue
        if path.suffix != ".md" or path.stem not in SUPPORTED_LANGUAGES:
            known = ", ".join(f"{code}.md" for code in SUPPORTED_LANGUAGES)
            raise _error(path, f"name the file after its language, one of {known}")
        yield path


def entries(root: Path | None = None) -> list[Entry]:
    """Everything in the folder, checked; KnowledgeError says which file is wrong."""
    found: list[Entry] = []
    asked: dict[str, tuple[str, Path]] = {}
    for path in files(root):
        read_ = read(path)
        for question in read_.questions:
            topic, before = asked.setdefault(normalise(question), (read_.topic, path))
            if topic != read_.topic:
                raise _error(path, f"“{question}” stands in {_name(before)} too: keep it in one of the two topics")
        found.append(read_)
    return found


def entry(topic: str, language: str, root: Path | None = None) -> Entry | None:
    """What the folder says about a topic in exactly this language, as it is now; None of nothing."""
    if not _TOPIC.fullmatch(topic) or language not in SUPPORTED_LANGUAGES:
        return None
    path = (root or folder()) / topic / f"{language}.md"
    return read(path) if path.is_file() else None


def read(path: Path) -> Entry:
    """One file; KnowledgeError when it cannot be used."""
    try:
        written = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _error(path, f"it cannot be read ({type(error).__name__}): save it as UTF-8 text") from None
    match = _HEAD.match(written)
    if match is None:
        raise _error(path, "begin with a line ---, then questions:, then a line ---, then the answer")
    head, topic = _head(path, match[1]), path.parent.name
    return Entry(
        topic=topic,
        language=path.stem,
        questions=_questions(path, topic, head.get("questions")),
        answer=_answer(path, match[2]),
        title=_title(path, head.get("title")),
        link=_link(path, head.get("link")),
    )


def _head(path: Path, written: str) -> dict[str, Any]:
    try:
        head = yaml.safe_load(written) or {}
    except yaml.YAMLError as error:
        raise _error(
            path, f"what stands between the --- lines is no YAML ({_place(error)}): quote what holds a colon"
        ) from None
    if not isinstance(head, dict):
        raise _error(path, "between the --- lines write questions: and a list of them")
    unknown = sorted(str(key) for key in head if key not in _KEYS)
    if unknown:
        raise _error(path, f"unknown {', '.join(unknown)}: only {', '.join(_KEYS)} may stand there")
    return head


def _place(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    return f"line {mark.line + 2}" if mark else "its form"  # the first --- is line 1


def _questions(path: Path, topic: str, given: Any) -> tuple[str, ...]:
    """For one of Salama's own topics they may be left out: those are trained anyway."""
    listed = given if given is not None else []
    if not isinstance(listed, list) or not all(isinstance(entry, str) and entry.strip() for entry in listed):
        raise _error(path, "write questions: as a list of texts, one a line after a dash")
    questions = tuple(dict.fromkeys(" ".join(entry.split()) for entry in listed))
    if any(question.startswith("/") for question in questions):
        raise _error(path, "a question must not begin with /")
    if topic not in TOPICS and len({normalise(question) for question in questions}) < FEWEST_QUESTIONS:
        raise _error(path, f"give at least {FEWEST_QUESTIONS} different questions, as patients would write them")
    return questions


def _answer(path: Path, body: str) -> str:
    answer = to_whatsapp(body)
    if not answer.strip():
        raise _error(path, "the answer is missing: write it below the second ---")
    if len(answer) > LONGEST_ANSWER:
        raise _error(path, f"the answer has {len(answer)} characters, and one message holds {LONGEST_ANSWER}: shorten it")
    return answer


def _title(path: Path, given: Any) -> str | None:
    if given is None:
        return None
    if not isinstance(given, str) or not 0 < len(given.strip()) <= LONGEST_TITLE:
        raise _error(path, f"title: is a button: a text of at most {LONGEST_TITLE} characters")
    return given.strip()


def _link(path: Path, given: Any) -> str | None:
    if given is not None and not is_address(given):
        raise _error(path, "link: is an address that begins with https:// or http://")
    return given or None


def _name(path: Path) -> str:
    """The file without the machine's folders before it."""
    return "/".join(path.parts[-3:])


def _error(path: Path, what: str) -> KnowledgeError:
    return KnowledgeError(f"{_name(path)}: {what}")
