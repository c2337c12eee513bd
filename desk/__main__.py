"""``python -m desk``: serves the desk on loopback, port `DESK_PORT` (default 8080)."""

from __future__ import annotations

import sys

import uvicorn

from clinic.settings import SettingsError, environment, require
from desk.app import build


def main() -> int:
    """Entry point; 2 when the password is missing."""
    env = environment()
    try:
        app = build(require("DESK_PASSWORD", env))
    except SettingsError as error:
        print(f"desk: {error}", file=sys.stderr)
        return 2
    uvicorn.run(app, host="127.0.0.1", port=int(env.get("DESK_PORT") or 8080), log_level="warning", ws="none")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
