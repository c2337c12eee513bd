"""What the doctor says of one thing: fine, not fine and what to do, or not looked at and why."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from connectors.whatsapp.account import Account, AccountError

FINE, WRONG, SKIPPED = "✓", "✗", "–"


@dataclass(frozen=True)
class Finding:
    """One line of the report, and under it what to do. Never holds a secret."""

    mark: str
    what: str
    advice: str = ""

    def __str__(self) -> str:
        lines = [f"{self.mark} {self.what}"]
        lines += [f"    {line}" for line in self.advice.splitlines()]
        return "\n".join(lines)


def fine(what: str, advice: str = "") -> Finding:
    """As it should be."""
    return Finding(FINE, what, advice)


def wrong(what: str, advice: str) -> Finding:
    """Not as it should be, and what to do about it."""
    return Finding(WRONG, what, advice)


def skipped(what: str, advice: str = "") -> Finding:
    """Not looked at, and why."""
    return Finding(SKIPPED, what, advice)


@dataclass
class Case:
    """What is known so far: the settings, the account as soon as they suffice, and the app once the token named it.

    `url`: the webhook's public address, "" when nobody said it.
    """

    env: Mapping[str, str]
    url: str = ""
    account: Account | None = None
    app_id: str | None = None

    def setting(self, name: str) -> str:
        """A setting, "" when it is missing."""
        return self.env.get(name, "").strip()


Check = Callable[[Case], Iterator[Finding]]

# Meta's codes for "your token may not do this".
_PERMISSION = (10, *range(200, 300))
_ADVICE: Mapping[int, str] = {
    190: "The access token is wrong or has expired: make a new system user's token (docs/whatsapp.md, step 4).",
    100: "The id is wrong, or the token's system user has no access to it: compare it with WhatsApp > API Setup.",
    4: "Too many questions in a short time: wait an hour and try again.",
    368: "Meta has blocked the account for a while: look into Business Support Home.",
}


def refused(what: str, error: AccountError) -> Finding:
    """The Graph API would not say: its words, and what they usually mean."""
    if error.status is None:
        return wrong(f"{what}: {error}", "Is this machine on the network, and may it reach the Graph API (port 443)?")
    if error.code in _PERMISSION:
        advice = "The token lacks a permission: the system user needs the WhatsApp account as an asset, with full control."
    else:
        advice = _ADVICE.get(error.code or -1, "See the table of troubles in docs/whatsapp.md.")
    return wrong(f"{what}: {error}", advice)
