"""`python -m connectors.whatsapp doctor [--url https://…]`."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from typing import Any

from clinic.settings import environment
from connectors.whatsapp.doctor import account_checks, template_checks, webhook_checks
from connectors.whatsapp.doctor.findings import FINE, SKIPPED, WRONG, Case, Check

CHECKS: Sequence[Check] = (
    account_checks.settings,
    account_checks.token,
    account_checks.number,
    account_checks.subscription,
    webhook_checks.webhook,
    template_checks.compared,
)


def add_to(commands: Any) -> None:
    """Add the command to the parser."""
    doctor = commands.add_parser("doctor", help="look at everything a message needs, and say what to fix")
    doctor.add_argument("--url", default="", help="the webhook as Meta reaches it: https://…/webhooks/whatsapp/webhook")
    doctor.set_defaults(run=examine)


def examine(options: argparse.Namespace) -> int:
    """Every check in turn, each finding as soon as it is there; 0 when nothing is wrong."""
    case = Case(env=environment(), url=options.url.strip())
    counted: Counter[str] = Counter()
    for check in CHECKS:
        for finding in check(case):
            counted[finding.mark] += 1
            print(finding, flush=True)
    print(f"\n{counted[FINE]} fine, {counted[WRONG]} to fix, {counted[SKIPPED]} not looked at.")
    return 1 if counted[WRONG] else 0
