"""``make run`` and ``make serve``: prepares database and model, starts every process, says when all is ready."""

from __future__ import annotations

import argparse
import shlex
import socket
import subprocess
import sys
import threading
import time
from typing import Dict, Mapping

import requests

from clinic import database, directory
from clinic.settings import PROJECT, SettingsError, require
from scripts import environment, train
from scripts.processes import RestartingManager

READY_WITHIN = 300.0
POLL_SECONDS = 0.5
NEEDED_TO_SERVE = (
    "WHATSAPP_PHONE_NUMBER_ID",
    "WHATSAPP_ACCESS_TOKEN",
    "WHATSAPP_APP_SECRET",
    "WHATSAPP_VERIFY_TOKEN",
    "DESK_PASSWORD",
)


def commands(env: Mapping[str, str], demo: bool) -> Dict[str, str]:
    """Process name → shell command."""
    python = shlex.quote(sys.executable)
    rasa = (
        f"{python} -m scripts.quiet rasa run --enable-api --interface 127.0.0.1 --port {env['RASA_PORT']} "
        f"--model {shlex.quote(str(train.MODEL))} --endpoints endpoints.yml --credentials credentials.yml"
    )
    started = {
        "rasa": rasa,
        "actions": f"{python} -m scripts.quiet rasa_sdk --actions actions --port {env['ACTIONS_PORT']}",
        "worker": f"{python} -m worker",
        "desk": f"{python} -m desk",
    }
    if env.get("GATEWAY_PORT"):
        started["gateway"] = f"{python} -m connectors.whatsapp.gateway"
    return {**started, "simulator": f"{python} -m simulator"} if demo else started


def addresses(env: Mapping[str, str], demo: bool) -> Dict[str, str]:
    """Process name → address that answers 200 when it is ready."""
    local = "http://127.0.0.1"
    ready = {
        "rasa": f"{local}:{env['RASA_PORT']}/webhooks/whatsapp/",
        "actions": f"{local}:{env['ACTIONS_PORT']}/health",
        "desk": f"{local}:{env['DESK_PORT']}/health",
    }
    if env.get("GATEWAY_PORT"):
        ready["gateway"] = f"{local}:{env['GATEWAY_PORT']}/webhooks/whatsapp/"
    return {**ready, "simulator": f"{local}:{env['SIMULATOR_PORT']}/health"} if demo else ready


def busy_ports(env: Mapping[str, str], demo: bool) -> list[str]:
    """Variables of the ports that something else listens on already."""
    names = ["RASA_PORT", "ACTIONS_PORT", "DESK_PORT", *(["SIMULATOR_PORT"] if demo else [])]
    names += ["GATEWAY_PORT"] if env.get("GATEWAY_PORT") else []
    busy = []
    for name in names:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", int(env[name])))
            except OSError:
                busy.append(name)
    return busy


def prepare(env: Dict[str, str], demo: bool) -> bool:
    """Bring the database up to date, seed the demo, train; False (with a message) when something is missing."""
    if not demo:
        try:
            for name in NEEDED_TO_SERVE:
                require(name, env)
        except SettingsError as error:
            print(f"make serve: {error}", file=sys.stderr)
            return False
    busy = busy_ports(env, demo)
    if busy:
        ports = ", ".join(f"{env[name]} ({name})" for name in busy)
        print(f"in use already: {ports}. Stop what runs there, or choose another: {busy[0]}=… make run", file=sys.stderr)
        return False
    for step in (["migrate"], *([["seed"]] if demo else [])):
        if subprocess.run([sys.executable, "-m", "clinic", *step], cwd=PROJECT, env=env).returncode:
            return False
    return (demo or _has_clinic(env)) and train.train(env)


def _has_clinic(env: Mapping[str, str]) -> bool:
    """Whether the database knows whose number this is; False, with what to do about it, when not."""
    try:
        with database.read(env["CLINIC_DATABASE_URL"]) as session:
            directory.organization(session)
    except directory.NotSeeded as error:
        print(f"make serve: {error}", file=sys.stderr)
        return False
    return True


def _answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=2).status_code == 200
    except requests.RequestException:
        return False


def announce(env: Mapping[str, str], demo: bool, started: float) -> None:
    """Wait until every process answers, then print the line that scripts wait for, and what to open."""
    waiting, patience = addresses(env, demo), READY_WITHIN
    while waiting := {name: address for name, address in waiting.items() if not _answers(address)}:
        if time.monotonic() - started > patience:
            print(f"still not ready after {patience:.0f} s: {', '.join(waiting)}: see their lines above", flush=True)
            patience += READY_WITHIN
        time.sleep(POLL_SECONDS)
    local = "http://127.0.0.1"
    print(f"\nSalama is ready ({time.monotonic() - started:.0f} s).", flush=True)
    if demo:
        print(f"  Phone:    {local}:{env['SIMULATOR_PORT']}/        write to the clinic as a patient")
    print(f"  Desk:     {local}:{env['DESK_PORT']}/        who waits for a person, today's appointments")
    print(f"  Webhook:  {local}:{env.get('GATEWAY_PORT') or env['RASA_PORT']}/webhooks/whatsapp/webhook")
    print("  Ctrl-C stops all of it.\n", flush=True)


def main() -> int:
    """Entry point."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", action="store_true", help="a real number: no simulator, no demo data")
    demo = not parser.parse_args().serve
    env = environment.apply(demo)
    if not prepare(env, demo):
        return 1
    manager = RestartingManager()
    for name, command in commands(env, demo).items():
        manager.add_process(name, command, env=env, cwd=str(PROJECT))
    # Training is over: what takes long from here on is a process that does not come up.
    threading.Thread(target=announce, args=(env, demo, time.monotonic()), daemon=True).start()
    manager.loop()
    return int(manager.returncode or 0)


if __name__ == "__main__":
    raise SystemExit(main())
