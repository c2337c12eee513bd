"""``make nlu-report``: five-fold cross-validation and the fixed test sets, as Markdown and as a page with plots.

Writes var/nlu-report/report.md and report.html. Examples in it are test messages, written by hand: no patient's words.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from clinic.settings import PROJECT, SUPPORTED_LANGUAGES
from training import examples, gates, measure, plots
from training.crossval import cross_validate
from training.measure import Prediction
from training.understanding import predictions

FOLDER = PROJECT / "var" / "nlu-report"
MOST_CONFUSIONS, MOST_MISTAKES = 25, 12

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; color: #1b2a30; }
table { border-collapse: collapse; margin: 1rem 0; } th, td { border-bottom: 1px solid #cfd8dc; padding: .2rem .7rem; }
td:not(:first-child) { font-variant-numeric: tabular-nums; } h2 { margin-top: 2.5rem; } svg { max-width: 100%; }
.plots { display: flex; flex-wrap: wrap; gap: 1rem; }
"""


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    def line(cells: Sequence[Any]) -> str:
        return "| " + " | ".join(f"{cell:.3f}" if isinstance(cell, float) else str(cell) for cell in cells) + " |"

    return "\n".join([line(head), "|" + "---|" * len(head), *map(line, rows)])


def _per_label(found: Sequence[Prediction]) -> str:
    rows: list[list[Any]] = []
    for label, group in measure.by(found, lambda one: one.example.label).items():
        spoken = measure.by(group, lambda one: one.example.language)
        each = [measure.accuracy(spoken[code]) if code in spoken else "" for code in SUPPORTED_LANGUAGES]
        rows.append([label, len(group), measure.accuracy(group), *each])
    return table(["label", "messages", "all", *SUPPORTED_LANGUAGES], sorted(rows, key=lambda row: row[2]))


def _set(title: str, found: Sequence[Prediction]) -> str:
    """The section of one set of predictions."""
    languages = measure.by(found, lambda one: one.example.language)
    overview = [
        [code, len(group), measure.accuracy(group), gates.intent_accuracy(group), gates.topic_accuracy(group)]
        for code, group in [*languages.items(), ("all", list(found))]
    ]
    styles = [[name, len(group), measure.accuracy(group)] for name, group in measure.by(found, measure.style).items()]
    confused = measure.confusions(found)[:MOST_CONFUSIONS]
    return "\n\n".join(
        [
            f"## {title}",
            table(["language", "messages", "label", "intent", "faq topic"], overview),
            f"Calibration error {measure.calibration_error(found):.3f}; out-of-scope recall "
            f"{measure.out_of_scope_recall(found, gates.FALSE_ALARMS):.3f} at {gates.FALSE_ALARMS:.0%} false alarms.",
            table(["length", "messages", "label"], styles),
            "### Labels, the weakest first",
            _per_label(found),
            "### Confusions",
            table(["label", "taken for", "times"], confused) if confused else "None.",
        ]
    )


def _mistakes(found: Sequence[Prediction]) -> str:
    rows = [
        [one.example.language, one.example.text.replace("|", "/"), one.example.label, one.label, one.confidence]
        for _, group in measure.by(found, lambda one: one.example.language).items()
        for one in sorted((one for one in group if not one.right), key=lambda one: -one.confidence)[:MOST_MISTAKES]
    ]
    return table(["language", "message", "label", "taken for", "confidence"], rows) if rows else "None."


def _misread(found: Mapping[str, Any]) -> str:
    times = [
        [
            case["language"],
            case["text"],
            f"{case['begins']} – {case['ends']} ({case['grain']})",
            "{} – {} ({})".format(*case["found"]),
        ]
        for case in found["times"]
        if not gates.time_is_right(case)
    ]
    languages = [
        [case["language"], case["text"], case["found"]]
        for case in found["languages"]
        if case["found"] != case["language"] and case["long"]
    ]
    return "\n\n".join(
        [
            "### Times that are misread",
            table(["language", "message", "means", "read as"], times) if times else "None.",
            "### Languages that are mistaken",
            table(["language", "message", "taken for"], languages) if languages else "None.",
        ]
    )


def write(found: Mapping[str, Any], folds: Sequence[Prediction]) -> Path:
    """Both files; returns the page's path."""
    fixed = predictions(found["messages"])
    passed = gates.gates(found)
    rows = [[gate.name, gate.value, gate.least, "reached" if gate.open else "**missed**"] for gate in passed]
    head = [
        "# How Salama understands",
        f"{len(fixed)} fixed test messages, {len(found['times'])} times, {len(found['languages'])} languages; "
        f"{len(folds)} training examples in five folds; median parse {found['parse_ms']:.1f} ms.",
        "## Gates",
        table(["figure", "value", "least", ""], rows),
    ]
    body = [
        _set("Fixed test set", fixed),
        "### Mistakes, the surest first",
        _mistakes(fixed),
        _misread(found),
        *([_set("Five-fold cross-validation of the training examples", folds)] if folds else []),
    ]
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "report.md").write_text("\n\n".join([*head, *body]) + "\n", encoding="utf-8")
    spoken = measure.by(fixed, lambda one: one.example.language)
    pictures = [
        plots.bars({code: gates.intent_accuracy(group) for code, group in spoken.items()}, gates.INTENTS, "Intents"),
        plots.bars({code: gates.topic_accuracy(group) for code, group in spoken.items()}, gates.TOPICS, "faq topics"),
        plots.confidence(fixed),
        plots.out_of_scope(fixed, gates.FALSE_ALARMS),
    ]
    render = MarkdownIt("commonmark").enable("table").render
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>How Salama understands</title>'
        f"<style>{STYLE}</style></head><body>{render(chr(10).join(f'{part}{chr(10)}' for part in head))}"
        f'<div class="plots">{"".join(pictures)}</div>{render((chr(10) * 2).join(body))}</body></html>'
    )
    path = FOLDER / "report.html"
    path.write_text(page, encoding="utf-8")
    return path


def main() -> int:
    """Entry point; `found` is the file that `training.measured` wrote."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("found", type=Path)
    parser.add_argument("--no-folds", action="store_true", help="leave out the cross-validation (minutes)")
    options = parser.parse_args()
    found = json.loads(options.found.read_text(encoding="utf-8"))
    folds = [] if options.no_folds else cross_validate(examples.training())
    print(f"wrote {write(found, folds)}")
    for gate in gates.gates(found):
        print(f"{'ok  ' if gate.open else 'MISS'} {gate.name:24} {gate.value:.3f}  (least {gate.least})")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
