"""The answer to each topic of questions, from the clinic's own data; a topic without data has no answer."""

from __future__ import annotations

import datetime as dt
from typing import Callable, Iterator, List, Mapping, Optional, Sequence

from sqlalchemy.orm import Session

from actions.base import Speaker
from actions.turn import Turn
from clinic import database, directory, formats, hours, topics
from clinic.models import Practitioner
from clinic.settings import settings

# The specialty that sees children.
PAEDIATRICS = "paediatrics"
ONE_DAY = dt.timedelta(days=1)
MOST_DAYS = 3
Teller = Callable[[Turn, Speaker], bool]


def days_named(turn: Turn) -> List[dt.date]:
    """The single days that a message names ("on Saturday", "24 December at 9"), from today on."""
    zone, found = settings().time_zone, []
    for entity in turn.entities("time"):
        resolved = entity.get("resolved") or {}
        if entity.get("dateless") or not resolved.get("from") or not resolved.get("to"):
            continue
        # In the clinic's zone a day is a day long, also when the clocks change.
        begins, ends = (dt.datetime.fromisoformat(resolved[side]).astimezone(zone) for side in ("from", "to"))
        if ends - begins <= ONE_DAY and begins.date() >= directory.today():
            found.append(begins.date())
    return list(dict.fromkeys(found))[:MOST_DAYS]


def _on_day(session: Session, day: dt.date, turn: Turn, speak: Speaker) -> str:
    found = hours.on_day(session, day, turn.language, closed=speak.text("utter_hours_closed"))
    words = formats.day_of(day, turn.language)
    if not found.is_open and found.holiday:
        return speak.text("utter_closed_holiday", day=words, holiday=found.holiday)
    if not found.is_open:
        return speak.text("utter_closed_day", day=words)
    lines = (speak.text("utter_hours_line", days=place, times=times) for place, times in found.places)
    return "\n".join([f"*{words[:1].upper()}{words[1:]}*", *lines])


def _opening_hours(turn: Turn, speak: Speaker) -> bool:
    with database.read() as session:
        lines = hours.weekly_lines(session, turn.language, closed=speak.text("utter_hours_closed"))
        closes, opening = hours.closing(session), hours.next_opening(session)
        closed_on = hours.holidays_in_words(session, turn.language)
        named = [_on_day(session, day, turn, speak) for day in days_named(turn)]
    if closes:
        now = speak.text("utter_open_now", closes=formats.clock_time(closes, turn.language))
    elif opening:
        now = speak.text("utter_closed_now", opening=hours.in_words(opening, turn.language))
    else:
        return False
    listed = "\n".join(
        line if isinstance(line, str) else speak.text("utter_hours_line", days=line[0], times=line[1]) for line in lines
    )
    holidays = "\n" + speak.text("utter_holidays", holidays=closed_on) if closed_on else ""
    speak.say("utter_faq/opening_hours", today="\n\n".join([*named, now]), hours=listed, holidays=holidays)
    return True


def _location(turn: Turn, speak: Speaker) -> bool:
    with database.read() as session:
        places = directory.locations(session)
    if not places:
        return False
    addresses = "\n".join(
        f"• {directory.location_name(place, turn.language)}: "
        f"{formats.isolate(directory.in_language(place.address, turn.language), turn.language)}"
        for place in places
    )
    speak.say("utter_faq/location", addresses=addresses)
    for place in places:
        name, address = (directory.in_language(texts, turn.language) for texts in (place.names, place.address))
        speak.location(place.latitude, place.longitude, name, address)
    return True


def _contact(turn: Turn, speak: Speaker) -> bool:
    with database.read() as session:
        house = directory.organization(session)
        email, website = topics.contact(session)
        phones = [(house.names, house.phone), *((place.names, place.phone) for place in directory.locations(session))]
    lines = [
        speak.text("utter_contact_phone", place=directory.in_language(names, turn.language), number=_number(phone, turn))
        for names, phone in phones
        if phone
    ]
    lines += [speak.text("utter_contact_email", email=formats.isolate(email, turn.language))] if email else []
    lines += [speak.text("utter_contact_website", website=website)] if website else []
    if lines:
        speak.say("utter_faq/contact", contact="\n".join(lines))
    return bool(lines)


def _number(phone: str, turn: Turn) -> str:
    return formats.isolate(phone.replace(" ", "\u00a0"), turn.language)


def _prices(turn: Turn, speak: Speaker) -> bool:
    """The list; what the message asks for stands first, in bold."""
    with database.read() as session:
        listed = topics.prices(session, turn.language)
        note = directory.fact(session, "prices", turn.language)
    first = topics.mentioned(listed, turn.text) if listed else []
    written = {p.service: speak.text("utter_price_line", service=p.service, price=p.price) for p in listed}
    top = [f"*{written[p.service]}*" for p in first]
    lines = [f"• {written[p.service]}" for p in listed if p not in first]
    parts = ["\n".join(part) for part in (top, lines) if part] + ([note] if note else [])
    if parts:
        speak.say("utter_faq/prices", prices="\n\n".join(parts))
    return bool(parts)


def services_named(turn: Turn) -> bool:
    """Whether a message names a service of the price list."""
    with database.read() as session:
        return bool(topics.mentioned(topics.prices(session, turn.language), turn.text))


def _names(people: Sequence[Practitioner], turn: Turn) -> Iterator[str]:
    return (formats.isolate(directory.practitioner_name(person, turn.language), turn.language) for person in people)


def _joined(words: Iterator[str], turn: Turn) -> str:
    return formats.comma(turn.language).join(words)


def _languages_of(codes: Sequence[str], turn: Turn) -> str:
    return _joined((formats.language_word(code, turn.language) for code in codes), turn)


def _languages(turn: Turn, speak: Speaker) -> bool:
    with database.read() as session:
        speakers, staff = topics.speakers(session), topics.staff_languages(session)
        own = directory.fact(session, "languages", turn.language)
    asked = list(dict.fromkeys(str(entity["value"]) for entity in turn.entities("language")))
    parts = [
        speak.text(
            "utter_languages_who",
            tongue=formats.language_name(code, turn.language),
            doctors=_joined(_names(speakers[code], turn), turn),
        )
        for code in asked
        if code in speakers
    ]
    if speakers:
        parts.append(speak.text("utter_languages_doctors", languages=_languages_of(list(speakers), turn)))
    if staff:
        parts.append(speak.text("utter_languages_staff", languages=_languages_of(staff, turn)))
    parts += [own] if own else []
    if parts:
        speak.say("utter_faq/languages", spoken="\n".join(parts))
    return bool(parts)


def _children(turn: Turn, speak: Speaker) -> bool:
    with database.read() as session:
        doctors = directory.practitioners(session, PAEDIATRICS)
        own = directory.fact(session, "children", turn.language)
    lines = [
        f"• {name} ({_languages_of(person.languages, turn)})"
        for name, person in zip(_names(doctors, turn), doctors, strict=True)
    ]
    parts = [speak.text("utter_children_doctors", doctors="\n".join(lines))] if lines else []
    parts += [own] if own else []
    if parts:
        speak.say("utter_faq/children", children="\n\n".join(parts))
    return bool(parts)


def with_link(answer: str, link: Optional[str], speak: Speaker) -> str:
    """The answer, and below it where to read more."""
    return "\n".join([answer, speak.text("utter_faq_link", link=link)]) if link else answer


def _own_text(topic: str) -> Teller:
    def answer(turn: Turn, speak: Speaker) -> bool:
        with database.read() as session:
            approved = directory.fact(session, topic, turn.language)
            link = topics.link(session, topic, turn.language)
        if approved:
            speak.say(f"utter_faq/{topic}", None, **{topic: with_link(approved, link, speak)})
        return bool(approved)

    return answer


_FROM_DATA: Mapping[str, Teller] = {
    "opening_hours": _opening_hours,
    "location": _location,
    "contact": _contact,
    "prices": _prices,
    "languages": _languages,
    "children": _children,
}
TELLERS: Mapping[str, Teller] = {topic: _FROM_DATA.get(topic) or _own_text(topic) for topic in topics.TOPICS}
