"""Which of the clinic's places is nearest to where somebody is."""

from __future__ import annotations

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

from sqlalchemy.orm import Session

from clinic import directory, hours
from clinic.models import Location

EARTH_METRES = 6_371_000


@dataclass(frozen=True)
class Nearest:
    """A place, how far away it is as the crow flies, and when it is open today, in words."""

    place: Location
    metres: float
    today: str


def metres_between(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Along the surface of the earth (haversine)."""
    here, there = radians(latitude), radians(other_latitude)
    north, east = sin((there - here) / 2), sin(radians(other_longitude - longitude) / 2)
    return 2 * EARTH_METRES * asin(min(1.0, sqrt(north**2 + cos(here) * cos(there) * east**2)))


def nearest(session: Session, latitude: float, longitude: float, language: str, closed: str) -> Nearest | None:
    """The nearest place; `closed` is said of a day without hours. None without any place."""
    places = directory.locations(session)
    if not places:
        return None
    away = [metres_between(latitude, longitude, place.latitude, place.longitude) for place in places]
    metres, position = min((distance, position) for position, distance in enumerate(away))
    _, times = hours.on_day(session, directory.today(), language, closed).places[position]
    return Nearest(places[position], metres, times)
