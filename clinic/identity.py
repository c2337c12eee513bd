"""What a channel reports of a person's account: another number, another user id, another device, no more marketing.

The contact stays the same, with everything it has; only the way to it changes.
"""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from clinic import audit, contacts, handoffs
from clinic.models import ContactAddress, col

logger = logging.getLogger(__name__)

# Two contacts may be one person, and only a person of the clinic can find out.
REASON = "same_person"


def moved(
    session: Session,
    contact_id: int,
    *,
    phone: str | None = None,
    user_id: str | None = None,
    former_phone: str | None = None,
) -> bool:
    """This contact has a new phone, a new user id, or both. Whether anything changed.

    What belongs to somebody else is not taken from them: only a phone, and only where user ids prove that its contact
    is another person than this one. Any other conflict is left as it is and audited; of a phone, staff are asked too. The
    former phone is given up in any case, because whoever gets it next must not be taken for this patient. A former user
    id is never given to anybody else: it stays, for what arrives late.
    """
    changed = [
        system for system, value in (("user_id", user_id), ("phone", phone)) if _add(session, contact_id, system, value)
    ]
    if phone and former_phone:
        _give_up(session, contact_id, former_phone, now=phone)
    if changed:
        audit.record(session, "system", "contact.moved", f"contact:{contact_id}", changed=changed)
    return bool(changed)


def identity_reported(session: Session, contact_id: int, key: str, at: datetime) -> bool:
    """The channel's key for who holds this contact's account; whether it is another one than before.

    Another key can be a new phone, or somebody else with the old number.
    """
    contact = contacts.get(session, contact_id)
    key = key[:128]
    if contact.identity_key == key or (contact.identity_changed_at and contact.identity_changed_at > at):
        return False
    first = contact.identity_key is None
    contact.identity_key = key
    if first:
        return False
    _identity_changed(session, contact_id, at)
    return True


def identity_changed(session: Session, contact_id: int, key: str | None, at: datetime) -> None:
    """The channel says so itself, whether or not it ever told the key from before."""
    if key and identity_reported(session, contact_id, key, at):
        return
    contact = contacts.get(session, contact_id)
    if contact.identity_changed_at is None or contact.identity_changed_at < at:
        _identity_changed(session, contact_id, at)


def marketing_preferred(session: Session, contact_id: int, wanted: bool, at: datetime) -> None:
    """The patient told the channel to stop marketing, or to go on. A "go on" from before the last stop comes too late."""
    contact = contacts.get(session, contact_id)
    if not wanted:
        contact.marketing_stopped_at = max(at, contact.marketing_stopped_at or at)
    elif contact.marketing_stopped_at is not None and contact.marketing_stopped_at <= at:
        contact.marketing_stopped_at = None
    else:
        return
    audit.record(session, f"contact:{contact_id}", "contact.marketing", f"contact:{contact_id}", wanted=wanted)


def _identity_changed(session: Session, contact_id: int, at: datetime) -> None:
    contacts.get(session, contact_id).identity_changed_at = at
    audit.record(session, "system", "contact.identity_changed", f"contact:{contact_id}")


def _add(session: Session, contact_id: int, system: str, value: str | None) -> bool:
    """Make this the contact's newest address; False where it is theirs already, or somebody else's."""
    if not value:
        return False
    try:
        value = contacts.normalise_phone(value) if system == "phone" else value.strip()
    except contacts.InvalidAddress:
        logger.warning("contact %d: the new phone is no phone number", contact_id)
        return False
    for _ in range(contacts.ATTEMPTS):
        owner = contacts.find(session, **{system: value})
        if owner == contact_id:
            return False
        if owner is not None and not (system == "phone" and _is_another(session, owner, contact_id)):
            audit.record(session, "system", "contact.address_conflict", f"contact:{contact_id}", system=system, owner=owner)
            logger.warning("contact %d: its new %s belongs to contact %d", contact_id, system, owner)
            if system == "phone":
                _ask_staff(session, contact_id, owner)
            return False
        try:
            with session.begin_nested():
                if owner is not None:
                    _release(session, owner, value)
                    audit.record(session, "system", "contact.phone_moved", f"contact:{owner}", to=contact_id)
                session.add(ContactAddress(contact_id=contact_id, system=system, value=value))
            return True
        except IntegrityError:
            # Somebody else was faster: look again.
            continue
    return False


def _is_another(session: Session, owner: int, contact_id: int) -> bool:
    """Do user ids prove that these are two people?"""
    has_one = select(ContactAddress.contact_id).where(
        col(ContactAddress.contact_id).in_((owner, contact_id)),
        ContactAddress.system == "user_id",
    )
    return set(session.execute(has_one).scalars()) == {owner, contact_id}


def _ask_staff(session: Session, contact_id: int, owner: int) -> None:
    """Mostly somebody who wrote from the new number before the channel told of it. There they can be asked."""
    summary = f"WhatsApp says that contact {contact_id} has this number now. Same person as contact {contact_id}?"
    handoffs.open_handoff(owner, REASON, contacts.get(session, owner).language, summary, session=session)


def _give_up(session: Session, contact_id: int, former: str, *, now: str) -> None:
    """The former phone is not this contact's any more, whoever has the new one; unless the two are the same."""
    try:
        if contacts.normalise_phone(former) == contacts.normalise_phone(now):
            return
    except contacts.InvalidAddress:
        return
    _release(session, contact_id, former)


def _release(session: Session, contact_id: int, phone: str) -> None:
    try:
        value = contacts.normalise_phone(phone)
    except contacts.InvalidAddress:
        return
    session.execute(
        delete(ContactAddress).where(
            ContactAddress.contact_id == contact_id, ContactAddress.system == "phone", ContactAddress.value == value
        ),
        execution_options={"synchronize_session": False},
    )
