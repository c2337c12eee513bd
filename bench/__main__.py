"""``make bench``: runs every benchmark of this folder."""

from __future__ import annotations

from bench import classifiers

if __name__ == "__main__":
    raise SystemExit(classifiers.main())
