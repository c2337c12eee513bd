"""The account's templates: asked for, compared with the repository's, submitted, and kept in the table `templates`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from clinic import clock
from clinic.models import Template as Row
from connectors.whatsapp.account import Account
from connectors.whatsapp.templates import components
from connectors.whatsapp.templates.choosing import APPROVED
from connectors.whatsapp.templates.model import Template

_FIELDS = "id,name,language,status,category,components,quality_score,rejected_reason"
_PAGE = "100"
# Ours, where the account has none.
MISSING = "MISSING"
# Not known to the channel any more; `pull` writes it into a row that the account no longer lists.
DELETED = "DELETED"


@dataclass(frozen=True)
class Found:
    """A template as the account has it."""

    name: str
    language: str
    status: str
    category: str
    channel_id: str | None = None
    quality: str | None = None
    reason: str | None = None
    components: Any = None


@dataclass(frozen=True)
class Comparison:
    """One of the repository's templates in one locale, beside the account's."""

    name: str
    locale: str
    status: str
    quality: str | None
    # What is to be done about it; empty when it can be used.
    remarks: Sequence[str]


def listed(account: Account) -> list[Found]:
    """Every template of the account, in every language; AccountError."""
    entries = account.pages(f"{account.id}/message_templates", {"fields": _FIELDS, "limit": _PAGE})
    return [_found(entry) for entry in entries if entry.get("name") and entry.get("language")]


def _found(entry: Mapping[str, Any]) -> Found:
    quality = entry.get("quality_score")
    score = quality.get("score") if isinstance(quality, Mapping) else None
    reason = entry.get("rejected_reason")
    return Found(
        name=str(entry["name"]),
        language=str(entry["language"]),
        status=str(entry.get("status") or "UNKNOWN").upper(),
        category=str(entry.get("category") or "UNKNOWN").upper(),
        channel_id=str(entry["id"]) if entry.get("id") else None,
        quality=str(score).upper() if score else None,
        reason=str(reason) if reason and reason != "NONE" else None,
        components=entry.get("components"),
    )


def compare(own: Iterable[Template], locales: Iterable[str], account: Iterable[Found]) -> list[Comparison]:
    """Each of our templates in each of the clinic's locales."""
    theirs = {(found.name, found.language): found for found in account}
    wanted = tuple(dict.fromkeys(locales))
    return [_compared(template, locale, theirs.get((template.name, locale))) for template in own for locale in wanted]


def _compared(template: Template, locale: str, found: Found | None) -> Comparison:
    if locale not in template.wordings:
        remarks = [f"has no text for {locale}: write one into templates/texts/{template.name}.yml"]
        return Comparison(template.name, locale, found.status if found else MISSING, None, remarks)
    if found is None:
        return Comparison(template.name, locale, MISSING, None, ["is not in the account: submit it"])
    remarks = []
    if found.status != APPROVED:
        remarks.append(_STATUS.get(found.status, "cannot be sent") + (f" ({found.reason})" if found.reason else ""))
    if found.category != template.category:
        remarks.append(f"Meta has put it into {found.category}: it is not sent until that is {template.category}")
    different = components.differences(template, locale, found.components)
    if different:
        remarks.append(f"another {', '.join(different)} than in the repository: edit or delete it in WhatsApp Manager")
    return Comparison(template.name, locale, found.status, found.quality, remarks)


_STATUS: Mapping[str, str] = {
    "PENDING": "is being reviewed: wait, at most a day",
    "IN_APPEAL": "is being reviewed again: wait",
    "REJECTED": "was refused: change it in WhatsApp Manager, or appeal",
    "PAUSED": "is paused because patients blocked or reported it: it comes back by itself, think about its text",
    "DISABLED": "is disabled for good: write another one",
    "LIMIT_EXCEEDED": "is over the account's number of templates: delete others",
}


def submit(account: Account, template: Template, locale: str) -> Found:
    """Give one to Meta for review; what it answered. AccountError when it is refused at once."""
    body = components.submission(template, locale)
    answer = account.post(f"{account.id}/message_templates", body)
    return _found({"status": "PENDING", "category": template.category, **answer, **_own(body)})


def _own(body: Mapping[str, Any]) -> dict[str, Any]:
    return {key: body[key] for key in ("name", "language", "components")}


def keep(session: Session, found: Found) -> Row:
    """Write one template of the account into the table."""
    wanted = select(Row).where(Row.name == found.name, Row.language == found.language)
    row = session.execute(wanted).scalar_one_or_none()
    if row is None:
        row = Row(name=found.name, language=found.language)
        session.add(row)
    row.status, row.category, row.quality = found.status, found.category, found.quality
    row.channel_id, row.reason, row.updated_at = found.channel_id, found.reason, clock.now()
    if found.components is not None:
        row.components = found.components
    return row


def keep_submitted(session: Session, found: Found) -> None:
    """The same for what was just submitted, whose approval may have come by webhook while the answer was on its way."""
    wanted = select(Row).where(Row.channel_id == found.channel_id)
    row = session.execute(wanted).scalars().first() if found.channel_id else None
    if row is None:
        keep(session, found)
    else:
        row.components = found.components


def keep_all(session: Session, account: Sequence[Found]) -> int:
    """Write the account's whole list; rows that it no longer has become DELETED. How many those are."""
    for found in account:
        keep(session, found)
    there = {(found.name, found.language) for found in account}
    gone = [row for row in session.execute(select(Row)).scalars() if (row.name, row.language) not in there]
    gone = [row for row in gone if row.status != DELETED]
    for row in gone:
        row.status, row.updated_at = DELETED, clock.now()
    return len(gone)
