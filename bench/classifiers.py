"""Which classifier: accuracy, training seconds, parse time and size of pipelines on the same data in one run.

``python -m bench.classifiers [--sample N] [--epochs N]``. Training takes N examples per intent and language, so that
DIET finishes in minutes; the test set is tests/nlu/, which nothing is trained on. faq topics count as labels.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import yaml

from clinic.settings import PROJECT, SUPPORTED_LANGUAGES

PIPELINES = ("rasa_default", "rasa_linear", "salama")
PARSED_FOR_TIME = 200
Example = Tuple[str, str, str]


def examples(path: Path, language: str) -> Iterator[Example]:
    """(language, label, text) of a Rasa NLU file."""
    for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
        for line in block["examples"].splitlines():
            if line.strip().startswith("- "):
                yield language, block["intent"].replace("/", "_"), line.strip()[2:].strip()


def training_examples(sample: int) -> List[Example]:
    """At most `sample` examples per label and language, the same ones every time."""
    by_label: Dict[Tuple[str, str], List[Example]] = {}
    for language in SUPPORTED_LANGUAGES:
        for path in sorted((PROJECT / "data" / "nlu").glob(f"*/{language}.yml")):
            for example in examples(path, language):
                by_label.setdefault(example[:2], []).append(example)
    chooser = random.Random(42)
    return [one for group in by_label.values() for one in chooser.sample(group, min(sample, len(group)))]


def test_examples() -> List[Example]:
    """The fixed test set."""
    return [one for language in SUPPORTED_LANGUAGES for one in examples(PROJECT / f"tests/nlu/{language}.yml", language)]


def write_data(folder: Path, chosen: List[Example]) -> None:
    """The training data as Rasa reads it."""
    blocks: Dict[Tuple[str, str], List[str]] = {}
    for language, label, text in chosen:
        blocks.setdefault((language, label), []).append(text)
    nlu = [
        {"intent": label, "metadata": {"language": language}, "examples": "".join(f"- {text}\n" for text in texts)}
        for (language, label), texts in blocks.items()
    ]
    content = yaml.safe_dump({"version": "3.1", "nlu": nlu}, allow_unicode=True, sort_keys=False)
    (folder / "nlu.yml").write_text(content, encoding="utf-8")


def measure(pipeline: str, folder: Path, epochs: int) -> Dict[str, Any]:
    """Train and test one pipeline; runs in a process of its own, so that memory is its own."""
    import asyncio
    import resource

    from rasa.core.agent import Agent
    from rasa.model_training import train_nlu

    config = yaml.safe_load((PROJECT / "bench" / "pipelines" / f"{pipeline}.yml").read_text(encoding="utf-8"))
    for component in config["pipeline"]:
        if "epochs" in component:
            component["epochs"] = epochs
    chosen = folder / f"{pipeline}.yml"
    chosen.write_text(yaml.safe_dump(config), encoding="utf-8")
    started = time.perf_counter()
    model = train_nlu(str(chosen), str(folder / "nlu.yml"), output=str(folder / pipeline))
    trained = time.perf_counter() - started
    agent = Agent.load(model)
    asyncio.run(agent.parse_message("warm up"))
    right: Dict[str, List[bool]] = {}
    seconds: List[float] = []
    for language, label, text in test_examples():
        began = time.perf_counter()
        parse = asyncio.run(agent.parse_message(text))
        seconds.append(time.perf_counter() - began)
        right.setdefault(language, []).append(parse["intent"]["name"] == label)
    answers = [answer for group in right.values() for answer in group]
    return {
        "accuracy": sum(answers) / len(answers),
        "by_language": {language: sum(group) / len(group) for language, group in right.items()},
        "train_seconds": trained,
        "parse_ms": sorted(seconds)[len(seconds) // 2] * 1000,
        "size_mb": Path(model or "").stat().st_size / 1e6,
        "memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def table(results: Dict[str, Dict[str, Any]]) -> str:
    """Markdown; times and sizes also as ratio to plain Rasa."""
    base = results["rasa_default"]
    languages = SUPPORTED_LANGUAGES
    lines = [
        "| pipeline | accuracy | " + " | ".join(languages) + " | training | parse (median) | model | peak memory |",
        "|---|---|" + "---|" * (len(languages) + 4),
    ]
    for name, result in results.items():
        each = " | ".join(f"{result['by_language'][language]:.3f}" for language in languages)
        lines.append(
            f"| {name} | {result['accuracy']:.3f} | {each} "
            f"| {result['train_seconds']:.0f} s ({base['train_seconds'] / result['train_seconds']:.1f}×) "
            f"| {result['parse_ms']:.1f} ms ({base['parse_ms'] / result['parse_ms']:.1f}×) "
            f"| {result['size_mb']:.1f} MB | {result['memory_mb']:.0f} MB |"
        )
    return "\n".join(lines)


def main() -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sample", type=int, default=30, help="training examples per intent and language")
    parser.add_argument("--epochs", type=int, default=100, help="of DIET (rasa init: 100)")
    parser.add_argument("--measure", nargs=2, metavar=("PIPELINE", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.measure:
        print(json.dumps(measure(options.measure[0], Path(options.measure[1]), options.epochs)))
        return 0
    results = {}
    with tempfile.TemporaryDirectory(prefix="salama-bench-") as name:
        chosen = training_examples(options.sample)
        write_data(Path(name), chosen)
        print(f"{len(chosen)} training examples, {len(test_examples())} test messages, DIET {options.epochs} epochs")
        for pipeline in PIPELINES:
            command = [sys.executable, "-W", "ignore", "-m", "bench.classifiers", "--measure", pipeline, name]
            command += ["--epochs", str(options.epochs)]
            done = subprocess.run(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True)
            results[pipeline] = json.loads(done.stdout.strip().splitlines()[-1])
            print(f"{pipeline}: {results[pipeline]['accuracy']:.3f}", flush=True)
    print(table(results))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
