"""Which classifier: what pipelines understand and what they cost, on the same data in one run.

``python -m bench.classifiers [--quick] [--sample N] [--epochs N]``. Training takes N examples per label and language, so
that DIET finishes in minutes (0: all); the test set is tests/nlu/, which nothing is trained on. faq topics count as labels.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench import figures, fit, sample, server
from bench.fit import Result
from clinic.settings import SUPPORTED_LANGUAGES
from training import measure
from training.examples import Example

# file of bench/pipelines → what it is
PIPELINES = {
    "rasa_default": "stock: sparse DIET",
    "rasa_linear": "Rasa's LogisticRegression",
    "salama_words": "ours without concepts",
    "salama": "ours with concepts",
    "rasa_linear_concepts": "Rasa's LogisticRegression, our tokens and concepts",
    "rasa_default_concepts": "DIET, our tokens and concepts",
}
STYLES = ("1–3 words", "4–12 words", "over 12 words")
FALSE_ALARMS = 0.03
BASE = "rasa_default"


def quality(results: Mapping[str, Result]) -> str:
    """How well each pipeline understands."""
    head = ["pipeline", "accuracy", *SUPPORTED_LANGUAGES, *STYLES, "out-of-scope recall", "ECE"]
    rows = []
    for name, result in results.items():
        found = result.predictions
        languages = measure.by(found, lambda one: one.example.language)
        styles = measure.by(found, measure.style)
        shares = [measure.accuracy(found)]
        shares += [measure.accuracy(languages.get(code, [])) for code in SUPPORTED_LANGUAGES]
        shares += [measure.accuracy(styles.get(style, [])) for style in STYLES]
        shares += [measure.out_of_scope_recall(found, FALSE_ALARMS), measure.calibration_error(found)]
        rows.append([PIPELINES[name], *(f"{share:.3f}" for share in shares)])
    return figures.markdown(head, rows)


def cost(results: Mapping[str, Result]) -> str:
    """What each pipeline takes, also as ratio to stock Rasa."""
    rows = []
    base = results.get(BASE)
    for name, result in results.items():
        cells = [PIPELINES[name]]
        for field in ("parse_ms", "train_seconds", "memory_mb", "model_mb"):
            figure = getattr(result, field)
            share = f" ({figures.ratio(figure, getattr(base, field))})" if base else ""
            cells.append(f"{figures.number(figure)}{share}")
        rows.append(cells)
    return figures.markdown(["pipeline", "parse, median ms", "training, s", "peak memory, MB", "model, MB"], rows)


def compare(
    pipelines: Sequence[str], trained: Sequence[Example], tested: Sequence[Example], epochs: int
) -> tuple[dict[str, Result], list[str]]:
    """Each pipeline's result, and what went wrong with the others."""
    results, failures = {}, []
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="salama-bench-") as folder:
        for name in pipelines:
            try:
                results[name] = fit.run(name, Path(folder) / name, trained, tested, epochs)
                said = f"{measure.accuracy(results[name].predictions):.3f}"
            except fit.Failed as failure:
                failures.append(str(failure))
                said = "failed"
            print(f"{time.perf_counter() - began:5.0f} s  {name}: {said}", flush=True)
    return results, failures


def heading(trained: int, tested: int, most: int, epochs: int) -> str:
    """What was measured, where, and how it is to be read."""
    amount = f"at most {most} per label and language" if most else "all there are"
    return (
        f"# Classifiers\n\n{figures.machine()}.\n\n{trained} training examples ({amount}), "
        f"{tested} test messages by strangers, DIET with {epochs} epochs. Registers are not marked in the "
        f"test set: length stands for them. Out-of-scope recall is that at no more than {FALSE_ALARMS:.0%} false alarms. "
        f"ECE: expected calibration error over ten bins. In brackets: times stock's figure.\n"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="little data and few epochs, to try the code")
    parser.add_argument("--sample", type=int, help="training examples per label and language (10; 0: all)")
    parser.add_argument("--epochs", type=int, help="of DIET (100, as `rasa init` has)")
    parser.add_argument("--only", nargs="+", choices=PIPELINES, default=list(PIPELINES))
    options = parser.parse_args(arguments)
    server.end_by_exception()
    most = options.sample if options.sample is not None else 2 if options.quick else 10
    epochs = options.epochs if options.epochs is not None else 2 if options.quick else 100
    trained, tested = sample.training(most), sample.test()[:: 10 if options.quick else 1]
    results, failures = compare(options.only, trained, tested, epochs)
    text = "\n".join([heading(len(trained), len(tested), most, epochs), quality(results), "", cost(results)])
    figures.publish("classifiers", "\n".join([text, *(f"\n```\n{failure}\n```" for failure in failures)]))
    return 1 if failures else 0


if __name__ == "__main__":
    raise SystemExit(main())
