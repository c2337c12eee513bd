"""May anything be said after the 24 hours, and does the clinic's database know it?"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from clinic import database
from clinic.models import Template as Row
from connectors.whatsapp.account import AccountError
from connectors.whatsapp.doctor.findings import Case, Finding, fine, refused, skipped, wrong
from connectors.whatsapp.templates import ANSWER_WAITING, registry
from connectors.whatsapp.templates.choosing import APPROVED
from connectors.whatsapp.templates.locales import locale_of, locales
from connectors.whatsapp.templates.repository import templates

_TEMPLATES = "python -m connectors.whatsapp templates"


def compared(case: Case) -> Iterator[Finding]:
    """The repository's templates beside the account's, and the account's beside the database's."""
    if case.account is None:
        yield skipped("templates", "Needs a valid token.")
        return
    try:
        found = registry.listed(case.account)
    except AccountError as error:
        yield refused("templates", error)
        return
    beside = registry.compare(templates().values(), locales().values(), found)
    open_ = [each for each in beside if each.remarks]
    needed = [each for each in open_ if (each.name, each.locale) == (ANSWER_WAITING, locale_of(None))]
    if needed:
        yield wrong(
            f"templates: {ANSWER_WAITING} ({needed[0].locale}) {'; '.join(needed[0].remarks)}",
            "Without it a late answer waits until the patient happens to write.\n" + _advice(needed),
        )
    others = [each for each in open_ if each not in needed]
    if others:
        names = ", ".join(dict.fromkeys(each.name for each in others))
        yield wrong(f"templates: {len(others)} of {len(beside)} cannot be used ({names})", _advice(others))
    if not open_:
        yield fine(f"templates: all {len(beside)} are approved and as in the repository")
    yield from _known(found)


def _advice(found: list[registry.Comparison]) -> str:
    missing = any(each.status == registry.MISSING for each in found)
    return f"{_TEMPLATES} submit" if missing else f"{_TEMPLATES} compare says what is wrong with each."


def _known(found: list[registry.Found]) -> Iterator[Finding]:
    """Sending goes by the table, not by the account."""
    try:
        with database.read() as session:
            rows = {(row.name, row.language): row.status for row in session.execute(select(Row)).scalars()}
    except SQLAlchemyError as error:
        yield wrong(f"database: the table of templates cannot be read ({type(error).__name__})", "python -m clinic migrate")
        return
    differ = [each for each in found if (rows.get((each.name, each.language)) == APPROVED) != (each.status == APPROVED)]
    there = {(each.name, each.language) for each in found}
    gone = [key for key, status in rows.items() if status == APPROVED and key not in there]
    if differ or gone:
        yield wrong(f"database: {len(differ) + len(gone)} templates are not as in the account", f"{_TEMPLATES} pull")
    else:
        yield fine("database: knows the account's templates")
