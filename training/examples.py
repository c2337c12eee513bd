"""The written examples: how many there are, and what is wrong with them. ``python -m training.examples [en ar …]``.

Reads the YAML without Rasa, so that an annotator has the answer in seconds. Ends with 1 when a text stands twice,
under two labels, in the test sets, or nearly the same twice under one label.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import fuzz, process

from clinic.settings import PROJECT, SUPPORTED_LANGUAGES
from clinic.vocabulary import normalise

# [next tuesday](time), [my son]{"entity": "relation", …}
_MARKUP = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")
# Two texts of four words and more that are alike to this degree (of 100) teach the same thing.
NEAR, WORDS_FOR_NEAR = 93.0, 4


@dataclass(frozen=True)
class Example:
    """One message with the intent (or topic), the language and the register that its file says."""

    path: Path
    label: str
    language: str | None
    text: str
    register: str | None = None


def load(path: Path) -> Any:
    """A YAML file, by the fast reader where there is one."""
    return yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


def plain(text: str) -> str:
    """`text` without entity markup."""
    return _MARKUP.sub(r"\1", text).strip()


def of(path: Path) -> Iterator[Example]:
    """All examples of a file in Rasa's NLU format."""
    for block in load(path).get("nlu") or []:
        metadata = block.get("metadata") or {}
        for line in block["examples"].splitlines():
            if line.strip():
                text = plain(line.removeprefix("- "))
                yield Example(path, block["intent"], metadata.get("language"), text, metadata.get("register"))


def training() -> list[Example]:
    """Everything the model is trained on."""
    return [example for path in sorted((PROJECT / "data" / "nlu").rglob("*.yml")) for example in of(path)]


def held_out() -> list[Example]:
    """What the model is measured on: tests/nlu, and what the patients of tests/conversations write."""
    found = [example for path in sorted((PROJECT / "tests" / "nlu").glob("*.yml")) for example in of(path)]
    for path in sorted((PROJECT / "tests" / "conversations").glob("*.yml")):
        for story in load(path)["stories"]:
            for step in story["steps"]:
                if "user" in step:
                    found.append(Example(path, str(step.get("intent")), None, plain(step["user"])))
    return [example for example in found if not example.text.startswith("/")]


def normal(text: str) -> str:
    """What the classifier can tell apart: normal form, single blanks, without punctuation at the ends."""
    return " ".join(normalise(text).split()).strip(" .!?؟،,…")


def repeated(examples: Sequence[Example]) -> list[str]:
    """Texts that stand twice in a language, or under two labels anywhere."""
    seen: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        seen[normal(example.text)].append(example)
    problems = []
    for text, found in seen.items():
        if len({example.label for example in found}) > 1:
            where = ", ".join(sorted({f"{example.language}:{example.label}" for example in found}))
            problems.append(f"under two labels ({where}): {text}")
        else:
            counts = Counter(example.language for example in found)
            problems += [f"twice ({code}:{found[0].label}): {text}" for code, count in counts.items() if count > 1]
    return problems


def nearly_repeated(examples: Sequence[Example]) -> list[tuple[str, str, str, str]]:
    """(language, label, text, other text) of pairs under one label that teach the same thing."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for example in examples:
        text = normal(example.text)
        if len(text.split()) >= WORDS_FOR_NEAR:
            groups[str(example.language), example.label].append(text)
    pairs = []
    for (language, label), texts in groups.items():
        alike = process.cdist(texts, texts, scorer=fuzz.ratio, score_cutoff=NEAR)
        for row, column in zip(*alike.nonzero(), strict=True):
            if row < column:
                pairs.append((language, label, texts[row], texts[column]))
    return pairs


def leaked(examples: Sequence[Example]) -> list[str]:
    """Texts of the training that a test set holds too."""
    trained = {normal(example.text) for example in examples}
    return [
        f"in a test ({example.path.parent.name}/{example.path.name}): {example.text}"
        for example in held_out()
        if normal(example.text) in trained and (example.language or len(normal(example.text).split()) > 1)
    ]


def table(examples: Sequence[Example], languages: Sequence[str]) -> str:
    """How many examples each label has in each language."""
    counts = Counter((example.label, example.language) for example in examples)
    labels = sorted({example.label for example in examples})
    rows = [f"{'':28}" + "".join(f"{code:>7}" for code in languages)]
    rows += [f"{label:28}" + "".join(f"{counts[label, code]:>7}" for code in languages) for label in labels]
    totals = Counter(example.language for example in examples)
    return "\n".join([*rows, f"{'all':28}" + "".join(f"{totals[code]:>7}" for code in languages)])


def main() -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("languages", nargs="*", default=list(SUPPORTED_LANGUAGES), help="all when none is named")
    languages = parser.parse_args().languages
    everything = training()
    chosen = [example for example in everything if example.language in languages]
    print(table(chosen, languages))
    problems = [text for text in repeated(everything) if any(f"{code}:" in text for code in languages)]
    problems += leaked(chosen)
    problems += [f"nearly the same ({code}:{label}): {one} | {two}" for code, label, one, two in nearly_repeated(chosen)]
    print(*problems, f"{len(problems)} problems", sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
