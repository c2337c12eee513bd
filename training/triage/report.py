"""``make triage-report``: the danger screen and the intake, measured; var/triage-report/report.md and report.html."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from markdown_it import MarkdownIt

from clinic.settings import PROJECT, SUPPORTED_LANGUAGES
from clinic.triage.protocols import LEVELS
from training import plots
from training.report import STYLE, table
from training.triage import labelled, measure
from training.triage.labelled import Judged
from training.triage.measure import Outcome

FOLDER = PROJECT / "var" / "triage-report"


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"


def _per_language(found: Sequence[Judged]) -> Mapping[str, list[Judged]]:
    return {code: [one for one in found if one.message.language == code] for code in SUPPORTED_LANGUAGES}


def screen_section(found: Sequence[Judged], title: str) -> str:
    """Recall and false alarms per language and voice, what was missed, what was alarmed for nothing."""
    rows = []
    for code, mine in [*_per_language(found).items(), ("all", list(found))]:
        certain = sum(one.level == "certain" for one in mine if one.message.label == labelled.EMERGENCY)
        of = sum(one.message.label == labelled.EMERGENCY for one in mine)
        rows.append(
            [
                code,
                of,
                len(mine) - of,
                _share(labelled.recall(mine)),
                _share(certain / of),
                _share(labelled.false_alarms(mine)),
            ]
        )
    head = ["language", "emergencies", "near misses", "seen", "of these certain", "false alarms"]
    wrong = [
        [one.message.language, one.message.about, one.message.text.replace("|", "/").replace("\n", " "), "; ".join(one.why)]
        for one in sorted(found, key=lambda one: (one.message.label, one.message.language))
        if not one.right
    ]
    return "\n\n".join(
        [
            f"## {title}",
            table(head, rows),
            "### Missed, and alarmed for nothing",
            table(["", "about", "message", "seen"], wrong),
        ]
    )


def vignettes_section(found: Sequence[Outcome]) -> str:
    """Accuracy, emergencies with their exact interval, under- and over-triage, questions; beside the published table."""
    rows = []
    groups = [(code, [one for one in found if one.language == code]) for code in SUPPORTED_LANGUAGES]
    for name, mine in [*groups, ("all", list(found))]:
        caught, of = measure.emergencies(mine)
        low, high = measure.exact_interval(caught, of)
        questions = sum(one.questions for one in mine) / len(mine)
        rows.append(
            [name, len(mine), _share(measure.accuracy(mine)), f"{caught}/{of} ({low:.0%}–{high:.0%})",
             _share(measure.under(mine)), _share(measure.over(mine)), f"{questions:.1f}"]
        )  # fmt: skip
    head = ["", "vignettes", "accuracy", "emergencies caught (95 %)", "under-triage", "over-triage", "questions"]
    published = [
        [name, "45", _share(right), _share(caught), _share(less), _share(more), ""]
        for name, right, caught, less, more in measure.PUBLISHED
    ]
    counts = measure.confusion(found)
    matrix = [[level, *(counts[level, other] for other in LEVELS[::-1])] for level in LEVELS[::-1]]
    return "\n\n".join(
        [
            "## Vignettes, played through the real model",
            table(head, [*rows, *published]),
            "The published rows stand for other vignettes (Semigran's 45, three levels); ours have four levels, were "
            "written by a helper of this project who did not see the protocols, and are no clinical trial.",
            "### Right level (rows) and level found",
            table(["", *LEVELS[::-1]], matrix),
            "### Every case, with the rules that fired",
            table(
                ["id", "", "right", "found", "questions", "protocol", "rules or signs"],
                [[one.id, one.language, one.level, one.found if one.found == one.level else f"**{one.found}**",
                  one.questions, one.protocol, ", ".join(one.fired)] for one in found],
            ),
        ]
    )  # fmt: skip


def pictures(found: Sequence[Judged], outcomes: Sequence[Outcome]) -> list[str]:
    """Recall per language, near misses left alone, accuracy per level."""
    languages = _per_language(found)
    seen = {code: labelled.recall(mine) for code, mine in languages.items()}
    left = {code: 1 - labelled.false_alarms(mine) for code, mine in languages.items()}
    drawn = [
        plots.bars(seen, labelled.LEAST_RECALL, "Emergencies seen"),
        plots.bars(left, 1 - labelled.MOST_FALSE_ALARMS, "Near misses left alone"),
    ]
    ordered = sorted(outcomes, key=lambda one: LEVELS.index(one.level), reverse=True)
    levels = {level: measure.accuracy(list(group)) for level, group in groupby(ordered, key=lambda one: one.level)}
    return [*drawn, plots.bars(levels, measure.TARGETS["accuracy"], "Right level of the vignettes")]


def write(outcomes: Sequence[Outcome], whole: Sequence[Judged]) -> Path:
    """Both files; returns the page's path."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = labelled.judged()
    text = "\n\n".join(
        [
            "# Triage report",
            vignettes_section(outcomes),
            screen_section(whole, "Labelled messages: the screen with the model's suspicion, as patients meet it"),
            screen_section(found, "Labelled messages: the screen alone"),
        ]
    )
    (FOLDER / "report.md").write_text(text, encoding="utf-8")
    drawn = "".join(f"<div>{one}</div>" for one in pictures(whole, outcomes))
    page = MarkdownIt("commonmark").enable("table").render(text)
    head = f"<!doctype html><meta charset=utf-8><title>Triage report</title><style>{STYLE}</style>"
    html = f"{head}<div class=plots>{drawn}</div>{page}"
    path = FOLDER / "report.html"
    path.write_text(html, encoding="utf-8")
    return path


def main(arguments: Sequence[str]) -> int:
    """`python -m training.triage.report OUTCOMES.json JUDGED.json`."""
    given: list[dict[str, Any]] = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    levels: dict[str, str] = json.loads(Path(arguments[1]).read_text(encoding="utf-8"))
    outcomes = [Outcome(**{**one, "fired": tuple(one["fired"]), "transcript": tuple(one["transcript"])}) for one in given]
    whole = [Judged(one, levels[one.text], ()) for one in labelled.messages()]
    path = write(outcomes, whole)
    caught, of = measure.emergencies(outcomes)
    print(
        f"vignettes: accuracy {measure.accuracy(outcomes):.1%}, emergencies {caught}/{of}, under-triage "
        f"{measure.under(outcomes):.1%}, over-triage {measure.over(outcomes):.1%}"
    )
    print(f"messages: {labelled.recall(whole):.1%} of emergencies seen, {labelled.false_alarms(whole):.1%} false alarms")
    print(f"report: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
