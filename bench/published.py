"""Ours and stock Rasa on a published set of intents, beside the figures of its paper.

``python -m bench.published --data FOLDER [--folds N] [--epochs N]``. No set comes with Salama. FOLDER holds one of:

- HWU64 as its authors give it (arXiv:1903.05566, github.com/xliuhw/NLU-Evaluation-Data): folders KFold_1 … KFold_10
  somewhere below, each with `trainset` and `testset`, in these one CSV a label (`;`, columns scenario, intent,
  answer_from_anno).
- The corpora of Braun et al. (github.com/sebischair/NLU-Evaluation-Corpora): JSON files with `sentences`, each with
  `text`, `intent`, `training`.
- Any other: folders with `train.csv` and `test.csv` (`,`, columns text, intent), or these two files alone.

Figures are micro F1, which for one label a message is accuracy.
"""

from __future__ import annotations

import argparse
import csv
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median, stdev

from bench import figures, fit, server
from training import measure
from training.examples import Example

PIPELINES = {
    "rasa_default": "stock Rasa, sparse DIET, this run",
    "salama_words": "ours without concepts, this run",
    "salama": "ours with concepts, this run",
}
LANGUAGE = "en"  # of all sets above
BUNK = "Bunk, Varshneya, Vlasov, Nichol 2020, DIET: Lightweight Language Understanding, arXiv:2004.09936"
BRAUN = "Braun, Hernandez Mendez, Matthes, Langen 2017, Evaluating NLU Services for Conversational QA Systems, SIGDIAL"


@dataclass(frozen=True)
class Split:
    """What is learnt and what is asked; splits of one set are folds."""

    name: str
    trained: list[Example]
    tested: list[Example]


@dataclass(frozen=True)
class Figure:
    """What a paper says of a system."""

    name: str
    system: str
    value: str
    paper: str


# Braun et al.'s figures for intents as several projects repeat them.
PUBLISHED = (
    Figure("HWU64", "DIET on sparse features", "0.87–0.88", BUNK),
    *(
        Figure(name, system, value, BRAUN)
        for name, values in {
            "ChatbotCorpus": {"LUIS": "0.98", "Watson": "0.97", "API.ai": "0.93", "Rasa (2017)": "0.98"},
            "AskUbuntuCorpus": {"LUIS": "0.90", "Watson": "0.92", "API.ai": "0.85", "Rasa (2017)": "0.86"},
            "WebApplicationsCorpus": {"LUIS": "0.81", "Watson": "0.83", "API.ai": "0.80", "Rasa (2017)": "0.74"},
        }.items()
        for system, value in values.items()
    ),
)


def _example(path: Path, label: str, text: str) -> Example:
    # Blanks and slashes mean something else in Rasa's labels.
    return Example(path, label.strip().replace(" ", "_").replace("/", "_"), LANGUAGE, " ".join(text.split()))


def _rows(path: Path, delimiter: str) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file, delimiter=delimiter)


def _hwu64(folder: Path) -> Iterator[Split]:
    def read(path: Path) -> list[Example]:
        return [
            _example(file, f"{row['scenario']}_{row['intent']}", row["answer_from_anno"])
            for file in sorted(path.rglob("*.csv"))
            for row in _rows(file, ";")
        ]

    for fold in sorted(folder.rglob("KFold_*"), key=lambda path: int(path.name.rpartition("_")[2])):
        yield Split("HWU64", read(fold / "trainset"), read(fold / "testset"))


def _braun(folder: Path) -> Iterator[Split]:
    for path in sorted(folder.glob("*.json")):
        sentences = json.loads(path.read_text("utf-8"))["sentences"]
        trained, tested = (
            [_example(path, one["intent"], one["text"]) for one in sentences if one["training"] is training]
            for training in (True, False)
        )
        yield Split(path.stem, trained, tested)


def _plain(folder: Path) -> Iterator[Split]:
    for path in sorted(folder.rglob("train.csv")):
        trained, tested = (
            [_example(file, row["intent"], row["text"]) for row in _rows(file, ",")]
            for file in (path, path.parent / "test.csv")
        )
        yield Split(folder.name, trained, tested)


READERS: tuple[Callable[[Path], Iterator[Split]], ...] = (_hwu64, _braun, _plain)


def splits(folder: Path) -> list[Split]:
    """What a folder holds, in the first of the formats that fits."""
    for reader in READERS:
        found = list(reader(folder))
        if found:
            return found
    return []


def table(found: Mapping[str, Mapping[str, Sequence[fit.Result]]]) -> str:
    """Set → pipeline → results of its folds, with the papers' figures below each set."""
    rows = []
    for name, by_pipeline in found.items():
        for pipeline, results in by_pipeline.items():
            shares = [measure.accuracy(result.predictions) for result in results]
            spread = f" ± {stdev(shares):.3f}" if len(shares) > 1 else ""
            figure = f"{sum(shares) / len(shares):.3f}{spread}" if shares else "failed"
            seconds, parse = (
                figures.number(median(getattr(result, field) for result in results)) if results else figures.NOTHING
                for field in ("train_seconds", "parse_ms")
            )
            rows.append([name, PIPELINES[pipeline], figure, str(len(results)), seconds, parse])
        rows += [[name, f"{one.system} ({one.paper})", one.value, "", "", ""] for one in PUBLISHED if one.name == name]
    return figures.markdown(["set", "system", "micro F1", "folds", "training, s", "parse, median ms"], rows)


def compare(chosen: Sequence[Split], epochs: int) -> dict[str, dict[str, list[fit.Result]]]:
    """Every pipeline on every split; one that cannot be trained is told and left out."""
    found: dict[str, dict[str, list[fit.Result]]] = {}
    with tempfile.TemporaryDirectory(prefix="salama-bench-") as folder:
        for place, split in enumerate(chosen):
            by_pipeline = found.setdefault(split.name, {pipeline: [] for pipeline in PIPELINES})
            for pipeline, results in by_pipeline.items():
                try:
                    results.append(fit.run(pipeline, Path(folder) / str(place), split.trained, split.tested, epochs))
                    said = f"{measure.accuracy(results[-1].predictions):.3f}"
                except fit.Failed as failure:
                    said = str(failure)
                print(f"{split.name} {place + 1}, {pipeline}: {said}", flush=True)
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--folds", type=int, help="the first N splits only")
    parser.add_argument("--epochs", type=int, default=100, help="of DIET (100)")
    options = parser.parse_args(arguments)
    server.end_by_exception()
    chosen = splits(options.data)[: options.folds]
    if not chosen:
        parser.error(f"{options.data} holds none of the formats (python -m bench.published --help)")
    head = f"# A published set\n\n{figures.machine()}. DIET with {options.epochs} epochs.\n\n"
    figures.publish("published", head + table(compare(chosen, options.epochs)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
