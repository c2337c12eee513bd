"""Which free slots to put before somebody: those of the time they asked for, else the nearest, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.orm import Session

from clinic import clock, directory
from clinic.models import Holiday
from clinic.scheduling.slots import HORIZON, FreeSlot, Part, free_slots
from clinic.settings import settings

# A WhatsApp list has ten rows; the tenth says "more".
LIMIT = 9
EXACT = ("minute", "hour")
# How far before a wish that cannot be met the nearest slots are looked for.
LOOK_BACK = timedelta(days=3)


@dataclass(frozen=True)
class Wish:
    """A time that somebody asked for: aware bounds (either may be open) and Duckling's grain.

    `part` is a wish for a time of day on whichever day: local times (from, to), the bounds are open then.
    """

    starts: datetime | None
    ends: datetime | None
    grain: str
    part: Part | None = None

    @property
    def exact(self) -> bool:
        """Whether a time of day was named, so that only a slot that begins then meets it."""
        return self.grain in EXACT and self.starts is not None

    @property
    def one_day(self) -> bool:
        """Whether the wish lies on one local day."""
        zone = settings().time_zone
        if self.starts is None:
            return False
        if self.exact or self.ends is None:
            return self.exact
        last = self.ends - timedelta(microseconds=1)
        return self.starts.astimezone(zone).date() == last.astimezone(zone).date()


@dataclass(frozen=True)
class Proposal:
    """Slots to show, whether later ones exist, and why they are not what was asked for (None: they are).

    `reason` is one of past, too_far, closed_day, holiday, nothing_then, no_more; `holiday` goes with its reason.
    """

    slots: list[FreeSlot]
    more: bool = False
    reason: str | None = None
    holiday: Holiday | None = None


def _search(
    session: Session,
    specialty: str | None,
    practitioner: str | None,
    *,
    start: datetime | None = None,
    end: datetime | None = None,
    after: datetime | None = None,
    part: Part | None = None,
    holder: int | None = None,
) -> Proposal:
    found = free_slots(
        session,
        specialty=specialty,
        practitioner=practitioner,
        holder=holder,
        start=start or clock.now(),
        end=end,
        after=after,
        part=part,
        limit=LIMIT + 1,
    )
    return Proposal(found[:LIMIT], more=len(found) > LIMIT)


def _closed(session: Session, wish: Wish) -> tuple[str, Holiday | None] | None:
    """Why nobody can be seen on the wish's day: a holiday, or no location opens on that weekday."""
    if not wish.one_day or wish.starts is None:
        return None
    day = wish.starts.astimezone(settings().time_zone).date()
    everywhere = [holiday for holiday in directory.holidays(session, day, days=1) if holiday.location_id is None]
    if everywhere:
        return "holiday", everywhere[0]
    places = directory.locations(session)
    if not any(hours.weekday == day.weekday() for place in places for hours in place.opening_hours):
        return "closed_day", None
    return None


def _nearest(
    session: Session, specialty: str | None, practitioner: str | None, wish: Wish, holder: int | None
) -> list[FreeSlot]:
    """The slots closest to the wish, some of them earlier, in order of time."""
    anchor = max(wish.starts or clock.now(), clock.now())
    search = partial(free_slots, session, specialty=specialty, practitioner=practitioner, holder=holder)
    before = search(start=anchor - LOOK_BACK, end=anchor, limit=200)
    behind = search(start=anchor, limit=LIMIT)
    earlier = before[-(LIMIT // 3) :]
    return [*earlier, *behind][: LIMIT + len(earlier)][:LIMIT]


def propose(
    session: Session,
    *,
    specialty: str | None,
    practitioner: str | None,
    wish: Wish | None = None,
    after: datetime | None = None,
    holder: int | None = None,
) -> Proposal:
    """The slots to show for a specialty's code or a practitioner's identifier.

    `after` (aware) pages on. What the contact `holder` holds counts as free: it is theirs. Without a single
    free slot in the horizon `slots` is empty.
    """
    search = partial(_search, session, specialty, practitioner, holder=holder)
    if wish is None:
        found = search(after=after)
        if found.slots or after is None:
            return found
        first = search()
        return Proposal(first.slots, first.more, reason="no_more")
    now = clock.now()
    over = wish.starts + timedelta(minutes=1) if wish.exact and wish.starts else wish.ends
    if over is not None and over <= now:
        return Proposal(search().slots, more=True, reason="past")
    if wish.starts is not None and wish.starts >= now + HORIZON:
        return Proposal(search().slots, more=True, reason="too_far")
    ends = wish.starts + timedelta(minutes=1) if wish.exact and wish.starts else wish.ends
    found = search(start=wish.starts, end=ends, after=after, part=wish.part)
    if found.slots:
        return found
    if after is not None:
        later = search(after=after)
        return later if later.slots else Proposal(search().slots, reason="no_more")
    reason, holiday = _closed(session, wish) or ("nothing_then", None)
    return Proposal(_nearest(session, specialty, practitioner, wish, holder), more=True, reason=reason, holiday=holiday)
