#!/usr/bin/env bash
# Makes .venv from requirements.lock with nothing given but python3 with pip. Says what to do when something is missing.
set -euo pipefail
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*" >&2; }
fail() { printf '\nsetup failed: %s\n' "$*" >&2; exit 1; }

free_kb=$(df -Pk . | awk 'NR==2 {print $4}')
[ -d .venv ] || [ "${free_kb:-0}" -gt 5000000 ] || fail "less than 5 GB free on this disk: the packages (TensorFlow above all) need about 3 GB"

# uv: the one on the machine, or a private one in .tools
if command -v uv >/dev/null 2>&1; then
  uv=$(command -v uv)
else
  uv=.tools/bin/uv
  if [ ! -x "$uv" ]; then
    command -v python3 >/dev/null 2>&1 || fail "python3 is missing: install it (Debian: apt-get install python3 python3-pip)"
    say "installing uv into .tools"
    python3 -m pip install --quiet --target .tools uv >.setup.log 2>&1 || {
      cat .setup.log >&2
      fail "pip could not install uv. Without pip: apt-get install python3-pip. Without network: connect, or install uv yourself and put it on PATH"
    }
    rm -f .setup.log
  fi
fi

# Python 3.10: on PATH, under pyenv's root (its shim fails where 3.10 is not the chosen version), or fetched by uv
works() { [ -n "$1" ] && "$1" -c 'import sys; raise SystemExit(sys.version_info[:2] != (3, 10))' >/dev/null 2>&1; }
python=""
for candidate in "$(command -v python3.10 || true)" "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.10*/bin/python "$HOME"/.pyenv/versions/3.10*/bin/python; do
  if works "$candidate"; then python=$candidate; break; fi
done
if [ -z "$python" ]; then
  say "no Python 3.10 here: uv fetches one"
  "$uv" python install 3.10 || fail "Python 3.10 could not be fetched. Install it (Debian: apt-get install python3.10; or pyenv install 3.10) and run make again"
  python=$("$uv" python find 3.10)
fi
say "Python: $("$python" -V 2>&1)"

[ -x .venv/bin/python ] && works .venv/bin/python || "$uv" venv --quiet --clear --python "$python" .venv
say "installing packages from requirements.lock (about 3 GB the first time)"
# Compiled now, once: where PYTHONDONTWRITEBYTECODE is set (many images) every start of Rasa would compile TensorFlow again.
"$uv" pip sync --python .venv/bin/python --require-hashes --compile-bytecode requirements.lock || fail "packages could not be installed.
  No network: connect and run make again; what was fetched is kept.
  A package was compiled and failed: install a compiler (Debian: apt-get install build-essential python3-dev).
  No space: free about 5 GB."
touch .venv/.ready
say "done"
