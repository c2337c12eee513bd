#!/usr/bin/env bash
# Lint, types, and Rasa's own view of the data. Quick: run it before a commit.
set -euo pipefail
cd "$(dirname "$0")/.."
echo "── ruff";  .venv/bin/ruff check .; .venv/bin/ruff format --check .
echo "── mypy";  .venv/bin/mypy clinic nlu dialogue actions training connectors worker simulator desk scripts bench
echo "── triage protocols"; .venv/bin/python -m clinic triage
echo "── rasa data validate"
export RASA_TELEMETRY_ENABLED=false TF_CPP_MIN_LOG_LEVEL=3 PYTHONWARNINGS=ignore
log=$(mktemp)
if ! .venv/bin/python -m rasa data validate --fail-on-warnings --domain domain.yml --data data >"$log" 2>&1; then
  cat "$log"; rm -f "$log"
  echo "rasa data validate found something (above)" >&2; exit 1
fi
rm -f "$log"
echo "check: all good"
