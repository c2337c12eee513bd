"""What the danger screen makes of the training examples: `python -m training.danger [LANG…] [--misses] [--alarms]`.

For those who write `clinic/triage/danger/<language>.yml`. The examples of the intent `emergency` should be caught,
those of all others left alone. The labelled messages in `tests/triage/messages` are the exam: they are not read here.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Sequence

from clinic.settings import settings
from clinic.triage.screen import NONE, screen
from training.examples import Example, training

EMERGENCY = "emergency"


def caught(examples: Sequence[Example]) -> tuple[list[Example], list[Example]]:
    """The examples with a sign that stands, and those without."""
    with_sign = [example for example in examples if screen(example.text).level != NONE]
    return with_sign, [example for example in examples if screen(example.text).level == NONE]


def report(language: str, misses: bool, alarms: bool) -> str:
    """Recall on emergencies and false alarms on the rest, with the lines themselves where asked for."""
    mine = [example for example in training() if example.language == language]
    emergencies = [example for example in mine if example.label == EMERGENCY]
    rest = [example for example in mine if example.label != EMERGENCY]
    seen, missed = caught(emergencies)
    alarmed, _ = caught(rest)
    levels = Counter(screen(example.text).level for example in emergencies)
    lines = [
        f"{language}: {len(seen)} of {len(emergencies)} emergencies seen ({levels['certain']} certain), "
        f"{len(alarmed)} false alarms in {len(rest)} others"
    ]
    if misses:
        lines += [f"  missed   {example.text}" for example in missed]
    if alarms:
        lines += [f"  alarm    {example.label:18} {_why(example.text)}  {example.text}" for example in alarmed]
    return "\n".join(lines)


def _why(text: str) -> str:
    found = [finding for finding in screen(text).findings if finding.discounted is None]
    return "; ".join(f"{finding.sign}/{finding.level} ({' '.join(finding.words)})" for finding in found)


def main() -> int:
    """Print the report."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("languages", nargs="*", default=list(settings().languages))
    parser.add_argument("--misses", action="store_true", help="show the emergencies that were not seen")
    parser.add_argument("--alarms", action="store_true", help="show what was taken for an emergency")
    given = parser.parse_args()
    for language in given.languages:
        print(report(language, given.misses, given.alarms))
    return 0


if __name__ == "__main__":
    sys.exit(main())
