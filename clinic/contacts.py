"""Who is writing: contacts and their addresses (a phone, a business-scoped user id, or both)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

import phonenumbers
from sqlalchemy import delete, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from clinic import audit, database
from clinic.models import Contact, ContactAddress, col
from clinic.settings import settings

ATTEMPTS = 5


class _LookAgain(Exception):
    """Somebody else was faster."""


class InvalidAddress(ValueError):
    """No address at all, or one that can not be a phone number or a user id."""


class UnknownContact(LookupError):
    """No contact has this id."""


def normalise_phone(text: str) -> str:
    """A phone number as +E.164, from any international writing ("49 176 …", "0049…", "+49 (0) 176 …").

    WhatsApp writes numbers without the plus, so a bare number is read as international. Numbers that no plan
    knows are kept as digits: WhatsApp's word counts. Raises InvalidAddress unless 6 to 15 digits come out.
    """
    folded = "".join(str(int(c)) if c.isdecimal() else c for c in text.strip())
    compact = "".join(c for c in folded if c.isdigit() or c == "+")
    international = "+" + (compact[2:] if compact.startswith("00") else compact.lstrip("+"))
    try:
        # The whole writing, not the digits: phonenumbers drops the "(0)" of "+49 (0) 176".
        parsed = phonenumbers.parse(folded if folded.startswith("+") else international, None)
        if phonenumbers.is_possible_number(parsed):
            international = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        pass
    digits = international[1:]
    if not digits.isdigit() or not 6 <= len(digits) <= 15:
        raise InvalidAddress("a phone number has 6 to 15 digits")
    return international


def _addresses(phone: str | None, user_id: str | None) -> dict[str, str]:
    wanted: dict[str, str] = {}
    # The user id first: it names the account, a phone number may pass to somebody else.
    if user_id and user_id.strip():
        wanted["user_id"] = user_id.strip()
    if phone and phone.strip():
        wanted["phone"] = normalise_phone(phone)
    if not wanted:
        raise InvalidAddress("a contact needs a phone number or a user id")
    if len(wanted.get("user_id", "")) > 128:
        raise InvalidAddress("a user id has at most 128 characters")
    return wanted


def _known(session: Session, wanted: dict[str, str]) -> dict[str, int]:
    """system → contact id, of those addresses that somebody has."""
    found = {}
    for system, value in wanted.items():
        statement = select(ContactAddress.contact_id).where(ContactAddress.system == system, ContactAddress.value == value)
        contact_id = session.execute(statement).scalar_one_or_none()
        if contact_id is not None:
            found[system] = contact_id
    return found


def _former_owner(session: Session, known: dict[str, int], wanted: dict[str, str]) -> int | None:
    """Whose the phone was, when the user id says that somebody else has it now."""
    owner = known.get("phone")
    if owner is None or "user_id" not in wanted or known.get("user_id") == owner:
        return None
    of_another = select(ContactAddress.id).where(ContactAddress.contact_id == owner, ContactAddress.system == "user_id")
    return owner if session.execute(of_another.limit(1)).first() else None


def _is_outdated(session: Session, known: dict[str, int], wanted: dict[str, str]) -> bool:
    """Does the phone come with a user id that its contact has left behind?"""
    owner = known.get("user_id")
    if owner is None or "phone" not in wanted or known.get("phone") == owner:
        return False
    return address_of(session, owner)["user_id"] != wanted["user_id"]


def _take_phone(session: Session, former: int, phone: str, contact_id: int) -> None:
    """Free the number for its new owner, who then gets it as their newest address."""
    its_row = delete(ContactAddress).where(
        ContactAddress.system == "phone", ContactAddress.value == phone, ContactAddress.contact_id == former
    )
    if session.execute(its_row, execution_options={"synchronize_session": False}).rowcount != 1:
        raise _LookAgain
    audit.record(session, "system", "contact.phone_moved", f"contact:{former}", to=contact_id)


def by_address(session: Session, *, phone: str | None = None, user_id: str | None = None) -> Contact:
    """The contact with this address, made when there is none; a second, new address is added to it.

    Needs a session of `database.transaction()`. Safe when several processes ask at once. Where phone and user id
    belong to two contacts, the user id decides. A phone whose contact has another user id has passed to somebody
    else: it moves, and everything of its former owner stays behind. With a user id that its contact has no more (a
    message that arrives late) comes a phone they have no more either: it is nobody's news. Raises InvalidAddress.
    """
    wanted = _addresses(phone, user_id)
    for _ in range(ATTEMPTS):
        known = _known(session, wanted)
        if _is_outdated(session, known, wanted):
            return get(session, known["user_id"])
        former = _former_owner(session, known, wanted)
        if former is not None:
            del known["phone"]
        missing = {system: value for system, value in wanted.items() if system not in known}
        try:
            with session.begin_nested():
                contact_id = next((known[system] for system in wanted if system in known), None)
                if contact_id is None:
                    contact = Contact()
                    session.add(contact)
                    session.flush()
                    contact_id = contact.id
                    audit.record(session, f"contact:{contact_id}", "contact.created", f"contact:{contact_id}")
                if former is not None:
                    _take_phone(session, former, wanted["phone"], contact_id)
                for system, value in missing.items():
                    session.add(ContactAddress(contact_id=contact_id, system=system, value=value))
            return get(session, contact_id)
        except (IntegrityError, _LookAgain):
            # Somebody else was faster: look again.
            continue
    raise RuntimeError("the contact could neither be found nor made")


Sender = tuple[str | None, str | None]
"""(phone, user id) as a message gives them."""


def of_senders(session: Session, senders: Sequence[Sender]) -> dict[Sender, int]:
    """Sender → contact id, of those about whom nothing is to be decided; `by_address` is for the rest.

    Who is known by all that they give is found, who is known by nothing of it is made: one question and one writing
    for all of them, where `by_address` asks and writes for each. New ones are made in the order given, so that who wrote
    first has the lower id. Needs a session of `database.transaction()`.
    """
    wanted: dict[Sender, dict[str, str]] = {}
    for sender in senders:
        try:
            wanted[sender] = _addresses(*sender)
        except InvalidAddress:
            continue
    values = {value for addresses in wanted.values() for value in addresses.values()}
    rows = select(ContactAddress.system, ContactAddress.value, ContactAddress.contact_id).where(
        col(ContactAddress.value).in_(values)
    )
    known = {(system, value): contact_id for system, value, contact_id in session.execute(rows)} if values else {}
    owners = {sender: {known.get(address) for address in addresses.items()} for sender, addresses in wanted.items()}
    found = {sender: owner for sender, (owner, *others) in owners.items() if owner is not None and not others}
    strangers = {sender: wanted[sender] for sender in _alone(wanted) if owners[sender] == {None}}
    return {**found, **_make(session, strangers)}


def _alone(wanted: Mapping[Sender, Mapping[str, str]]) -> list[Sender]:
    """Senders who share no address with another one."""
    times = Counter(address for addresses in wanted.values() for address in addresses.items())
    return [sender for sender, addresses in wanted.items() if all(times[one] == 1 for one in addresses.items())]


def _make(session: Session, strangers: Mapping[Sender, Mapping[str, str]]) -> dict[Sender, int]:
    """A contact for each of these; none when somebody else was faster with one of them."""
    if not strangers:
        return {}
    made = {sender: Contact() for sender in strangers}
    try:
        with session.begin_nested():
            session.add_all(made.values())
            session.flush()
            for contact in made.values():
                audit.record(session, f"contact:{contact.id}", "contact.created", f"contact:{contact.id}")
            # In one order for all, so that two transactions with the same addresses do not wait for each other in a circle.
            rows = sorted((*address, made[sender].id) for sender in made for address in strangers[sender].items())
            session.add_all(ContactAddress(contact_id=owner, system=system, value=value) for system, value, owner in rows)
    except IntegrityError:
        return {}
    return {sender: contact.id for sender, contact in made.items()}


def find(session: Session, *, phone: str | None = None, user_id: str | None = None) -> int | None:
    """The id of the contact with this user id, else of the one with this phone; None when there is none."""
    try:
        wanted = _addresses(phone, user_id)
    except InvalidAddress:
        return None
    known = _known(session, wanted)
    return known.get("user_id") or known.get("phone")


def get(session: Session, contact_id: int) -> Contact:
    """The contact with this id; UnknownContact when there is none."""
    contact: Contact | None = session.get(Contact, contact_id)
    if contact is None:
        raise UnknownContact(f"there is no contact {contact_id}")
    return contact


def lock(session: Session, contact_ids: Collection[int]) -> None:
    """Let nobody else lock these contacts before the transaction ends; others can still refer to them."""
    rows = select(Contact.id).where(col(Contact.id).in_(contact_ids)).order_by(Contact.id)
    session.execute(rows.with_for_update(key_share=True)).all()


def address_of(session: Session, contact_id: int) -> dict[str, str | None]:
    """``{"phone": "+49…" or None, "user_id": … or None}``, the newest of each."""
    found: dict[str, str | None] = {"phone": None, "user_id": None}
    statement = select(ContactAddress).where(ContactAddress.contact_id == contact_id).order_by(ContactAddress.id)
    for address in session.execute(statement).scalars():
        found[address.system] = address.value
    return found


def set_language(contact_id: int, code: str, session: Session | None = None) -> None:
    """Remember the language a contact chose. ValueError when the clinic does not speak it; UnknownContact."""
    if code not in settings().languages:
        raise ValueError(f"{code!r} is not one of {','.join(settings().languages)}")

    def work() -> None:
        with database.within(session) as inner:
            get(inner, contact_id).language = code

    work() if session is not None else database.retrying(work)
