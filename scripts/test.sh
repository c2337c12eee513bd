#!/usr/bin/env bash
# Everything that must hold: check, unit, integration (SQLite and PostgreSQL), `rasa test`, journeys, browser.
# Goes on after a failure, so that one run shows all of them; non-zero when anything failed.
set -uo pipefail
cd "$(dirname "$0")/.."
failed=()
step() { local name=$1; shift; printf '\n━━ %s\n' "$name"; local began=$SECONDS; "$@" || failed+=("$name"); printf '━━ %s: %d s\n' "$name" $((SECONDS - began)); }

step "check" bash scripts/check.sh
step "train" .venv/bin/python -m scripts.train
step "rasa test" .venv/bin/python -m scripts.stories
step "pytest" .venv/bin/python -m pytest "$@"

if [ ${#failed[@]} -gt 0 ]; then printf '\nFAILED: %s\n' "${failed[*]}"; exit 1; fi
printf '\nAll tests passed in %d s.\n' "$SECONDS"
