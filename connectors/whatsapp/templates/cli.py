"""`python -m connectors.whatsapp templates check | compare | submit | pull`."""

from __future__ import annotations

import argparse
from typing import Any

from clinic import database
from clinic.cli.table import one_line, table
from clinic.settings import settings
from connectors.whatsapp.account import Account, AccountError, account
from connectors.whatsapp.templates import registry
from connectors.whatsapp.templates.choosing import ANSWER_WAITING, APPROVED
from connectors.whatsapp.templates.locales import locales
from connectors.whatsapp.templates.repository import TemplateError, templates


class Unfinished(Exception):
    """What was asked could not be done in full; the message says what is left."""


ERRORS: tuple[type[Exception], ...] = (TemplateError, AccountError, Unfinished)


def add_to(commands: Any) -> None:
    """Add this group's commands to the parser."""
    group = commands.add_parser("templates", help="message templates, for after the 24 hours").add_subparsers(
        title="commands", required=True, metavar="command"
    )
    check = group.add_parser("check", help="are the repository's templates within Meta's limits? asks nobody")
    check.set_defaults(run=_check)
    compare = group.add_parser("compare", help="the repository's templates beside the account's; changes nothing")
    compare.set_defaults(run=_compare)
    submit = group.add_parser("submit", help="give what the account lacks to Meta for review")
    submit.add_argument("names", nargs="*", metavar="NAME", help="only these (default: all)")
    submit.add_argument("--yes", action="store_true", help="do not ask")
    submit.set_defaults(run=_submit)
    pull = group.add_parser("pull", help="write the account's templates into the clinic's database")
    pull.set_defaults(run=_pull)


def _check(_options: argparse.Namespace) -> None:
    known = templates()
    lacking = [
        f"{template.name} has no text for {locale}"
        for template in known.values()
        for locale in locales().values()
        if locale not in template.wordings
    ]
    if lacking:
        raise Unfinished("\n".join(lacking))
    print(f"{len(known)} templates are sound, in {', '.join(locales().values())}.")


def compared(asked: Account) -> list[registry.Comparison]:
    """The repository's templates beside the account's."""
    return registry.compare(templates().values(), locales().values(), registry.listed(asked))


def _compare(_options: argparse.Namespace) -> None:
    found = compared(account())
    rows = [(c.name, c.locale, c.status, c.quality or "-", one_line("; ".join(c.remarks), 100) or "ok") for c in found]
    print(table(("template", "language", "status", "quality", "remark"), rows))
    wrong = sum(1 for c in found if c.remarks)
    if wrong:
        raise Unfinished(f"{wrong} of {len(found)} cannot be used as they are")


def _submit(options: argparse.Namespace) -> None:
    unknown = [name for name in options.names if name not in templates()]
    if unknown:
        raise Unfinished(f"no template of that name: {', '.join(unknown)} (there are {', '.join(templates())})")
    asked = account()
    missing = [
        (templates()[c.name], c.locale)
        for c in compared(asked)
        if c.status == registry.MISSING and c.locale in templates()[c.name].wordings
    ]
    missing = [(template, locale) for template, locale in missing if template.name in (options.names or templates())]
    if not missing:
        print("Nothing to submit: the account has them all.")
        return
    for template, locale in missing:
        print(f"── {template.name} · {locale} · {template.category}\n{template.wordings[locale].body}\n")
    if not options.yes and not _agreed(len(missing), asked.id):
        raise Unfinished("nothing was submitted")
    refused = 0
    for template, locale in missing:
        try:
            found = registry.submit(asked, template, locale)
        except AccountError as error:
            refused += 1
            print(f"{template.name} {locale}: refused: {error}")
            if error.status is None or error.code in (4, 190, 80008):
                raise Unfinished("stopped: nothing more is tried now") from None
            continue
        print(f"{template.name} {locale}: {found.status}")
        _keep(found)
    if refused:
        raise Unfinished(f"{refused} of {len(missing)} were refused")


def _agreed(count: int, account_id: str) -> bool:
    try:
        answer = input(f"Submit these {count} to the account {account_id}? Their text cannot be taken back. [y/N] ")
    except EOFError:
        return False
    return answer.strip().lower() in ("y", "yes")


def _keep(found: registry.Found) -> None:
    with database.transaction() as session:
        registry.keep_submitted(session, found)


def _pull(_options: argparse.Namespace) -> None:
    found = registry.listed(account())

    def write() -> int:
        with database.transaction() as session:
            return registry.keep_all(session, found)

    gone = database.retrying(write)
    usable = sum(1 for each in found if each.status == APPROVED)
    print(f"{len(found)} templates in the account, {usable} approved; {gone} are gone since the last time.")
    default = settings().default_language
    if not any(each.name == ANSWER_WAITING and each.status == APPROVED for each in found):
        print(
            f"answer_waiting is not approved (needed at least in {locales()[default]}): late answers wait for the patient."
        )
