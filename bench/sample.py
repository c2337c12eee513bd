"""The data that all benchmarked pipelines learn and are asked: samples of data/nlu, the same ones every time."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import yaml

from training import examples, fixed
from training.examples import Example

SEED = 42


def flat(example: Example) -> Example:
    """With its topic as a label of its own: stock pipelines get one task too."""
    return replace(example, label=example.label.replace("/", "_"))


def grouped(found: Iterable[Example]) -> dict[tuple[str, str], list[Example]]:
    """Examples by label and language."""
    groups: dict[tuple[str, str], list[Example]] = defaultdict(list)
    for example in found:
        groups[example.label, str(example.language)].append(example)
    return groups


def training(most: int) -> list[Example]:
    """At most `most` examples per label and language; all of them when it is 0."""
    everything = [flat(example) for example in examples.training()]
    if not most:
        return everything
    chooser = random.Random(SEED)
    groups = grouped(everything).values()
    return [one for group in groups for one in chooser.sample(group, min(most, len(group)))]


def test() -> list[Example]:
    """The fixed test set, written by people who never saw the training data."""
    return [flat(example) for example in fixed.messages()]


def spoken(trained: Sequence[Example]) -> list[str]:
    """One message per label and language in a fixed mixed order, none of `trained` where there are others."""
    known = {example.text for example in trained}
    chooser = random.Random(SEED)
    said = []
    for group in grouped(training(0)).values():
        fresh = [example.text for example in group if example.text not in known]
        said.append(chooser.choice(fresh or [example.text for example in group]))
    chooser.shuffle(said)
    return said


def write_nlu(path: Path, chosen: Iterable[Example]) -> None:
    """Examples as Rasa reads them."""
    blocks = [
        {"intent": label, "metadata": {"language": language}, "examples": "".join(f"- {one.text}\n" for one in group)}
        for (label, language), group in grouped(chosen).items()
    ]
    content = yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True, sort_keys=False)
    path.write_text(content, encoding="utf-8")
