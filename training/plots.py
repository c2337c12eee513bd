"""The report's pictures, as SVG that stands inside the page."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from training.measure import Prediction, histogram, out_of_scope_curve

RIGHT, WRONG, LINE = "#1f7a6d", "#d1495b", "#22577a"


def _svg(figure: Figure) -> str:
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", bbox_inches="tight")
    text = buffer.getvalue()
    return text[text.index("<svg") :]


def bars(values: Mapping[str, float], least: float, title: str) -> str:
    """One bar per group, with the line that must be reached."""
    figure = Figure(figsize=(6, 0.35 * len(values) + 1))
    axes = figure.subplots()
    names = list(values)[::-1]
    shares = [values[name] for name in names]
    axes.barh(names, shares, color=[RIGHT if share >= least else WRONG for share in shares])
    axes.axvline(least, color=LINE, linestyle="--")
    axes.set_xlim(min([0.5, *shares]), 1)
    for place, share in enumerate(shares):
        axes.text(share, place, f" {share:.3f}", va="center", fontsize=8)
    axes.set_title(title)
    return _svg(figure)


def confidence(predictions: Sequence[Prediction]) -> str:
    """How many answers of each confidence are right and wrong, on a logarithmic scale."""
    figure = Figure(figsize=(6, 3))
    axes = figure.subplots()
    counts = histogram(predictions)
    places = [(number + 0.5) / len(counts) for number in range(len(counts))]
    width = 0.4 / len(counts)
    axes.bar([place - width / 2 for place in places], [right for right, _ in counts], width, color=RIGHT, label="right")
    axes.bar([place + width / 2 for place in places], [wrong for _, wrong in counts], width, color=WRONG, label="wrong")
    axes.set_yscale("symlog", linthresh=1)
    axes.set_xlabel("confidence")
    axes.set_ylabel("messages")
    axes.legend()
    axes.set_title("Confidence of right and wrong answers")
    return _svg(figure)


def out_of_scope(predictions: Sequence[Prediction], false_alarms: float) -> str:
    """Recall of out-of-scope messages against false alarms."""
    figure = Figure(figsize=(6, 3))
    axes = figure.subplots()
    points = out_of_scope_curve(predictions)
    axes.plot([alarms for alarms, _ in points], [recall for _, recall in points], color=LINE)
    axes.axvline(false_alarms, color=WRONG, linestyle="--")
    axes.set_xlim(0, 0.2)
    axes.set_ylim(0, 1)
    axes.set_xlabel("false alarms (messages in scope that are turned away)")
    axes.set_ylabel("recall")
    axes.set_title("Out of scope")
    return _svg(figure)
