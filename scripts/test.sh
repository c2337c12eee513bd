#!/usr/bin/env bash
# Everything that must hold: check, unit, integration (SQLite and PostgreSQL), `rasa test`, journeys, browser.
# Goes on after a failure, so that one run shows all of them; non-zero when anything failed. What does not need the
# model runs beside its training, `rasa test` beside the tests: two cores are enough for both.
set -uo pipefail
cd "$(dirname "$0")/.."
failed=()
logs=$(mktemp -d)
trap 'rm -rf "$logs"' EXIT
step() { local name=$1; shift; printf '\n━━ %s\n' "$name"; local began=$SECONDS; "$@" || failed+=("$name"); printf '━━ %s: %d s\n' "$name" $((SECONDS - began)); }
# A step whose output is kept until it is waited for.
beside() { local name=$1; shift; ( began=$SECONDS; "$@" >"$logs/$name" 2>&1; code=$?; printf '━━ %s: %d s\n' "$name" $((SECONDS - began)) >>"$logs/$name"; exit $code ) & }
finished() { local name=$1 job=$2; wait "$job" || failed+=("$name"); printf '\n━━ %s\n' "$name"; cat "$logs/$name"; }
py_test() { .venv/bin/python -m pytest "$@"; }
without_a_model() { local code=0; bash scripts/check.sh || code=1; py_test -n 0 tests/unit || code=1; return $code; }

# Who names tests or options gets exactly these, after the training.
if [ $# -eq 0 ]; then first=(without_a_model) rest=(--ignore=tests/unit); else first=(bash scripts/check.sh) rest=("$@"); fi
beside "check, unit tests" "${first[@]}"; early=$!
step "train" .venv/bin/python -m scripts.train
beside "rasa test" .venv/bin/python -m scripts.stories; stories=$!
step "pytest" py_test -n 2 --dist loadgroup --no-loadscope-reorder "${rest[@]}"
finished "check, unit tests" "$early"
finished "rasa test" "$stories"

if [ ${#failed[@]} -gt 0 ]; then printf '\nFAILED: %s\n' "${failed[*]}"; exit 1; fi
printf '\nAll tests passed in %d s.\n' "$SECONDS"
