"""Ours against stock Rasa, whole turns, in one run: ``python -m bench.turns [--quick] [--runs N] [--trainings N]``.

Two bots learn the same sample of data/nlu. Rounds take turns (stock, stock in memory, ours), so that whatever else the
machine does meets all of them; each figure is the median of its rounds. By default over an hour, most of it stock
Rasa's: hence the small sample. Written to var/bench/turns.md, every round's figures to var/bench/turns.json.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from bench import bots, figures, load, sample, server
from bench.bots import Bot
from scripts.demo_clinic import environment_of_demo_clinic

# Senders at once → messages of each.
SENDERS = {1: 50, 8: 10, 32: 10}
WARM_UP = 20
PARSE_SECONDS = 4.0
STOCK, IN_MEMORY, OURS, OURS_ALL = "stock", "stock in memory", "ours", "ours, all examples"
# bot → measure → a figure a round
Measured = dict[str, dict[str, list[float]]]


@dataclass(frozen=True)
class Target:
    """What ours is to reach, given ours and stock's figure."""

    text: str
    reached: Callable[[float, float], bool]


@dataclass(frozen=True)
class Plan:
    """How much is measured; `share` of the messages are sent."""

    sample: int
    epochs: int | None
    trainings: int
    runs: int
    share: float
    points: tuple[int, ...]
    everything: bool


FULL = Plan(sample=2, epochs=None, trainings=5, runs=5, share=1.0, points=(1, 50, 100, 200), everything=True)
QUICK = Plan(sample=2, epochs=2, trainings=1, runs=1, share=0.2, points=(1, 15, 30), everything=False)
FASTER = Target("≥ 8×", lambda ours, stock: ours >= 8 * stock)
SHORTER = Target("≤ 0.2×", lambda ours, stock: ours <= stock / 5)
QUICKLY_TRAINED = Target("< 240 s", lambda ours, _: ours < 240)
SMALL = Target("< 30 MB", lambda ours, _: ours < 30)
EVEN = Target("≤ 1.3", lambda ours, _: ours <= 1.3)


def rows(points: Sequence[int]) -> dict[str, Target | None]:
    """All measures in the table's order, with their targets."""
    found: dict[str, Target | None] = {
        "training, s": QUICKLY_TRAINED,
        "training, peak memory, MB": None,
        "model, MB": SMALL,
        "start until /status answers, s": None,
        "serving, peak memory, MB": None,
        "parses/s, one client": None,
    }
    for count in SENDERS:
        found[f"turns/s, senders: {count}"] = FASTER
        found[f"p50, ms, senders: {count}"] = None
        found[f"p95, ms, senders: {count}"] = SHORTER
        found[f"p99, ms, senders: {count}"] = None
    found |= {f"turn {point} of a session, ms": None for point in points}
    return {**found, f"turn {points[-1]} / turn 1": EVEN, "turns with an answer, %": None}


def serve_once(bot: Bot, env: Mapping[str, str], texts: Sequence[str], plan: Plan) -> dict[str, float]:
    """One round of one bot."""
    with server.serving(bot, env) as running:
        with_line = load.Line(running.port)
        for place, text in enumerate(texts[:WARM_UP]):
            with_line.say(f"warm-{place % 3}", text)
        with_line.close()
        found = {
            "start until /status answers, s": running.start_seconds,
            "parses/s, one client": load.parses_per_second(running.port, texts, PARSE_SECONDS * plan.share),
        }
        answered = []
        for count, messages in SENDERS.items():
            seen = load.senders(running.port, count, texts, max(1, round(messages * plan.share)))
            found[f"turns/s, senders: {count}"] = seen.turns_per_second
            for share in (50, 95, 99):
                found[f"p{share}, ms, senders: {count}"] = figures.percentile(seen.latencies, share / 100) * 1000
            answered.append(seen.answered)
        latencies = load.session(running.port, load.session_texts(texts, plan.points))
        for point in plan.points:
            found[f"turn {point} of a session, ms"] = figures.around(latencies, point) * 1000
        last = plan.points[-1]
        found[f"turn {last} / turn 1"] = figures.around(latencies, last) / figures.around(latencies, 1)
        found["turns with an answer, %"] = min(answered) * 100
        return {**found, "serving, peak memory, MB": running.peak_mb()}


def train_once(bot: Bot, env: Mapping[str, str]) -> dict[str, float]:
    """One training of one bot."""
    took = server.train(bot, env)
    return {"training, s": took.seconds, "training, peak memory, MB": took.memory_mb, "model, MB": took.model_mb}


def value(measured: Measured, bot: str, name: str) -> float:
    """A bot's figure: the median of its rounds; nan when it was not measured."""
    found = measured.get(bot, {}).get(name)
    return median(found) if found else math.nan


def table(measured: Measured, points: Sequence[int]) -> str:
    """Markdown: stock, ours, how many times stock's figure ours is, and the target."""
    lines = []
    for name, target in rows(points).items():
        stock, memory, ours = (value(measured, bot, name) for bot in (STOCK, IN_MEMORY, OURS))
        verdict = ("reached" if target.reached(ours, stock) else "**missed**") if target else ""
        cells = [figures.number(stock), figures.number(memory), figures.number(ours), figures.ratio(ours, stock)]
        lines.append([name, *cells, target.text if target else "", verdict])
        if OURS_ALL in measured and name in measured[OURS_ALL]:
            ours = value(measured, OURS_ALL, name)
            verdict = ("reached" if target.reached(ours, stock) else "**missed**") if target else ""
            cells = [figures.NOTHING, figures.NOTHING, figures.number(ours), figures.NOTHING]
            lines.append([f"{name}; all of data/nlu, once", *cells, target.text if target else "", verdict])
    head = ["", "stock, SQLite", "stock, in memory", "ours, SQLite", "ours / stock", "target", ""]
    return figures.markdown(head, lines)


def measure(plan: Plan, folder: Path, env: Mapping[str, str]) -> Measured:
    """All rounds of all bots."""
    measured: Measured = defaultdict(lambda: defaultdict(list))
    chosen = sample.training(plan.sample)
    texts = sample.spoken(chosen)
    stock = bots.make(STOCK, folder / "stock", chosen, plan.epochs)
    ours = bots.make(OURS, folder / "ours", chosen, plan.epochs)
    trained = [stock, ours] * plan.trainings
    if plan.everything:
        trained.append(bots.make(OURS_ALL, folder / "all", sample.training(0), plan.epochs))
    served = [stock, replace(stock, name=IN_MEMORY, endpoints={}), ours] * plan.runs
    began = time.perf_counter()
    steps = [(bot, "trained") for bot in trained] + [(bot, "served") for bot in served]
    for bot, step in steps:
        found = train_once(bot, env) if step == "trained" else serve_once(bot, env, texts, plan)
        for name, figure in found.items():
            measured[bot.name][name].append(figure)
        print(f"{time.perf_counter() - began:5.0f} s  {step} {bot.name}", flush=True)
    return measured


def heading(plan: Plan) -> str:
    """What was measured, where, and how it is to be read."""
    epochs = "as configured" if plan.epochs is None else f"{plan.epochs} for both (stock's own: 100; training only)"
    trial = "" if plan.runs >= FULL.runs else " **A trial: the figures mean little.**"
    chosen = sample.training(plan.sample)
    return (
        f"# Whole turns: ours against stock Rasa\n\n{figures.machine()}; medians of {plan.runs} rounds of serving, of "
        f"{plan.trainings} of training.{trial}\n\n"
        f"Both learn the same {len(chosen)} examples, {plan.sample} per label and language of data/nlu (DIET on all of "
        f"them would take hours), epochs {epochs}. faq topics are labels. Each label has one text and one rule, so "
        f"rules decide every turn: stock asks TED all the same, ours does not (Salama's own TED is asked about `inform` "
        f"alone). Messages are others than those learnt, in five languages; a sender writes "
        f"{load.MESSAGES_OF_A_SENDER} of them. The clients run on the same machine.\n"
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a minute or two, to try the code")
    parser.add_argument("--sample", type=int, help=f"training examples per label and language ({FULL.sample})")
    parser.add_argument("--epochs", type=int, help="instead of those in the configurations (stock: 100)")
    parser.add_argument("--trainings", type=int, help=f"of each bot ({FULL.trainings}: stock takes minutes for each)")
    parser.add_argument("--runs", type=int, help=f"rounds of serving ({FULL.runs})")
    options = parser.parse_args(arguments)
    server.end_by_exception()
    given = {name: found for name, found in vars(options).items() if name != "quick" and found is not None}
    plan = replace(QUICK if options.quick else FULL, **given)
    with environment_of_demo_clinic() as env, tempfile.TemporaryDirectory(prefix="salama-bench-") as folder:
        measured = measure(plan, Path(folder), env)
    path = figures.publish("turns", f"{heading(plan)}\n{table(measured, plan.points)}")
    path.with_suffix(".json").write_text(json.dumps(measured, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
