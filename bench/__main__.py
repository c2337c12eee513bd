"""``make bench``: runs every benchmark of this folder, one after the other.

``python -m bench [--quick] [--data FOLDER]``: a published set (bench/published.py) is run where its folder is given.
"""

from __future__ import annotations

import argparse

from bench import classifiers, outbox, published, turns, webhook


def main() -> int:
    """Entry point; 1 when one of them failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="to try the code: the figures mean nothing")
    parser.add_argument("--data", metavar="FOLDER", help="a published set of intents")
    options = parser.parse_args()
    quick = ["--quick"] if options.quick else []
    codes = [turns.main(quick), classifiers.main(quick), webhook.main(quick), outbox.main(quick)]
    if options.data:
        codes.append(published.main(["--data", options.data, *(["--epochs", "2"] if quick else [])]))
    return max(codes)


if __name__ == "__main__":
    raise SystemExit(main())
