"""Free slots: weekly schedules minus time off, holidays and appointments, in the clinic's zone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from itertools import groupby

from sqlalchemy.orm import Session

from clinic import clock
from clinic.scheduling import availability
from clinic.scheduling.availability import Busy, Offer
from clinic.scheduling.localtime import days, grid
from clinic.settings import settings

LEAD = timedelta(minutes=30)
HORIZON = timedelta(days=90)
# How many doctors are offered for one and the same time, so that a list is not full with "9:00".
TOGETHER = 3

Part = tuple[time, time]


class InvalidKey(ValueError):
    """The text is not the key of a slot."""


@dataclass(frozen=True)
class FreeSlot:
    """A stretch in which a practitioner can see somebody. Times are aware UTC."""

    practitioner_id: int
    practitioner_identifier: str
    location_id: int
    appointment_type_id: int
    starts_at: datetime
    ends_at: datetime

    @property
    def key(self) -> str:
        """A stable text, practitioner.location.type.start in UTC: "12.1.1.202611241400"."""
        return (
            f"{self.practitioner_id}.{self.location_id}.{self.appointment_type_id}"
            f".{self.starts_at.astimezone(timezone.utc):%Y%m%d%H%M}"
        )

    @staticmethod
    def parse(key: str) -> SlotKey:
        """Read a key; InvalidKey when it is none. Says nothing about whether the slot is free: see `slot_at`."""
        try:
            practitioner, location, kind, start = key.strip().split(".")
            if not (key.isascii() and len(start) == 12):
                raise ValueError
            starts_at = datetime.strptime(start, "%Y%m%d%H%M").replace(tzinfo=timezone.utc)
            return SlotKey(int(practitioner), int(location), int(kind), starts_at)
        except (ValueError, AttributeError):
            raise InvalidKey("not the key of a slot") from None


@dataclass(frozen=True)
class SlotKey:
    """What a slot's key says; `starts_at` is aware UTC."""

    practitioner_id: int
    location_id: int
    appointment_type_id: int
    starts_at: datetime


def _in_part(slot: FreeSlot, part: Part | None) -> bool:
    """Whether the slot starts inside the local window (from, to); a window such as 22:00–02:00 goes round midnight."""
    if part is None:
        return True
    wall = slot.starts_at.astimezone(settings().time_zone).time()
    return part[0] <= wall < part[1] if part[0] <= part[1] else wall >= part[0] or wall < part[1]


def _of_day(day: date, offers: list[Offer], busy: Busy) -> list[FreeSlot]:
    """All free slots of the offers on a local date, by time and practitioner."""
    found = set()
    for offer in offers:
        if not offer.works_on(day) or busy.is_holiday(day, offer.location_id):
            continue
        for starts_at, ends_at in grid(day, offer.starts, offer.ends, offer.minutes, settings().time_zone):
            if busy.is_free(offer.practitioner_id, starts_at, ends_at):
                found.add(
                    FreeSlot(
                        practitioner_id=offer.practitioner_id,
                        practitioner_identifier=offer.practitioner_identifier,
                        location_id=offer.location_id,
                        appointment_type_id=offer.appointment_type_id,
                        starts_at=starts_at,
                        ends_at=ends_at,
                    )
                )
    return sorted(found, key=lambda s: (s.starts_at, s.practitioner_id, s.location_id, s.appointment_type_id))


def _all(offers: list[Offer], busy: Busy, start: datetime, end: datetime) -> Iterator[FreeSlot]:
    for day in days(start, end, settings().time_zone):
        for slot in _of_day(day, offers, busy):
            if start <= slot.starts_at < end:
                yield slot


def _spread(slots: Iterator[FreeSlot], limit: int) -> list[FreeSlot]:
    """The first `limit` slots, at most TOGETHER for one time; where more are free, the doctors shown least so far."""
    chosen: list[FreeSlot] = []
    shown: dict[int, int] = {}
    for _, group in groupby(slots, key=lambda s: s.starts_at):
        one_each = {slot.practitioner_id: slot for slot in reversed(list(group))}
        rarest = sorted(one_each.values(), key=lambda s: (shown.get(s.practitioner_id, 0), s.practitioner_id))
        now_shown = sorted(rarest[: min(TOGETHER, limit - len(chosen))], key=lambda s: s.practitioner_id)
        for slot in now_shown:
            shown[slot.practitioner_id] = shown.get(slot.practitioner_id, 0) + 1
        chosen.extend(now_shown)
        if len(chosen) >= limit:
            break
    return chosen


def free_slots(
    session: Session,
    *,
    specialty: str | None = None,
    practitioner: str | None = None,
    start: datetime,
    end: datetime | None = None,
    part: Part | None = None,
    limit: int = 9,
    after: datetime | None = None,
    appointment_type: str | None = None,
    holder: int | None = None,
) -> list[FreeSlot]:
    """The next free slots from `start` (aware) up to and without `end`, by time, then practitioner.

    `specialty` is a code, `practitioner` an identifier; unknown ones give an empty list. `part` is a window of local
    times for each day. `after` pages: only slots that start later than it. At least LEAD from now, at most HORIZON.
    Without `appointment_type` (a code) the slots are as long as the specialty's usual visit. Holds of the contact
    `holder` count as free.
    """
    now = clock.now()
    start = max(start, now + LEAD)
    if after is not None:
        start = max(start, after + timedelta(microseconds=1))
    end = min(end or now + HORIZON, now + HORIZON)
    if start >= end or limit < 1:
        return []
    offers = availability.offers(session, specialty, practitioner, appointment_type)
    busy = availability.busy(session, {offer.practitioner_id for offer in offers}, start, end, holder=holder)
    return _spread((slot for slot in _all(offers, busy, start, end) if _in_part(slot, part)), limit)


def slot_at(session: Session, key: str, holder: int | None = None) -> FreeSlot | None:
    """The slot with this key if it is still computed as free and not past, otherwise None.

    Holds of the contact `holder` count as free. Raises InvalidKey.
    """
    wanted = FreeSlot.parse(key)
    now = clock.now()
    if not now < wanted.starts_at < now + HORIZON:
        return None
    offers = [
        offer
        for offer in availability.offers_of(session, wanted.practitioner_id, wanted.appointment_type_id)
        if offer.location_id == wanted.location_id
    ]
    busy = availability.busy(session, {wanted.practitioner_id}, wanted.starts_at, wanted.starts_at, holder=holder)
    day = wanted.starts_at.astimezone(settings().time_zone).date()
    matching = (slot for slot in _of_day(day, offers, busy) if slot.starts_at == wanted.starts_at)
    return next(matching, None)
