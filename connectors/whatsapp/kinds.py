"""What is answered to a message without words: a photo, a place on the map, a sticker, somebody's number.

Words that come with it, or are heard in it, are answered like typed ones (`turns`); here is what is said besides.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from clinic import database, directory, encryption, formats, nearby
from clinic.language import conversation_language
from clinic.messaging import Message
from clinic.texts import text
from connectors.whatsapp.compose import introduction_of
from connectors.whatsapp.content import Location, Media, content_of
from connectors.whatsapp.turn import Bot, Incoming, Response, Turn

# Marks what was said about a medium: it is no question, and several photos are thanked for once.
TAG = "media"
THANKED = ("image", "video", "document")
# Photos that come one after the other are an album.
ALBUM = timedelta(minutes=2)
INTAKE = "intake_form"


def words_of(payload: Any, kind: str, heard: str | None) -> str | None:
    """What is written under a photo or file, or is said in a voice note; None where there are no words."""
    content = content_of(payload, kind) if isinstance(payload, Mapping) else None
    if not isinstance(content, Media):
        return None
    return heard or None if kind == "audio" else content.caption


async def reply(bot: Bot, incoming: Incoming) -> Turn | None:
    """What to say to a message without words; None: nothing."""
    language = conversation_language((), None, incoming.language)
    form = await bot.form(incoming.contact_id)
    said = await _said(bot, incoming, language, form)
    if said is None:
        return None
    again = _asked_again(incoming.question) if form and incoming.question else []
    return Turn([*said, *again], language)


async def _said(bot: Bot, incoming: Incoming, language: str, form: str | None) -> list[Response] | None:
    kind = incoming.kind
    # Without a key nothing is kept, and nobody will see or hear it.
    is_kept = encryption.available()
    if kind in THANKED and is_kept:
        return None if incoming.thanked else [thanks(language, form)]
    if kind == "audio" and is_kept:
        return [{"text": text("utter_media_voice", language)}]
    if kind == "sticker":
        # Most are a thumb or a heart: nobody waits for an answer, unless a question is open or nothing was said yet.
        return [{"text": text("utter_media_sticker", language)}] if form or not incoming.introduced else None
    if kind == "contacts":
        return [{"text": text("utter_media_contact", language)}]
    if kind == "location":
        found = await asyncio.get_running_loop().run_in_executor(None, way_there, incoming.payload, language)
        if found is not None:
            return found
    return list((await bot.render(incoming.contact_id, "utter_please_write", incoming.language)).responses)


def thanks(language: str, form: str | None) -> Response:
    """For a photo, a video or a file; during an intake it goes along to the nurse."""
    return {"text": text("utter_media_intake" if form == INTAKE else "utter_media_thanks", language)}


async def with_thanks(bot: Bot, incoming: Incoming, turn: Turn) -> Turn:
    """The answer to a caption, after a word of thanks; something urgent stands alone."""
    urgent = introduction_of(turn.responses) == "later"
    if incoming.kind not in THANKED or incoming.thanked or urgent or not turn.responses or not encryption.available():
        return turn
    return replace(turn, responses=[thanks(turn.language, await bot.form(incoming.contact_id)), *turn.responses])


def way_there(payload: Any, language: str) -> list[Response] | None:
    """The nearest of the clinic's places, and its pin; None where the message names no place. Blocks."""
    here = content_of(payload, "location")
    if not isinstance(here, Location) or here.latitude is None or here.longitude is None:
        return None
    with database.read() as session:
        found = nearby.nearest(session, here.latitude, here.longitude, language, text("utter_hours_closed", language))
    if found is None:
        return None
    name = directory.location_name(found.place, language)
    address = directory.in_language(found.place.address, language)
    words = text(
        "utter_media_location",
        language,
        place=name,
        distance=formats.distance(found.metres, language),
        address=formats.isolate(address, language),
        hours=found.today,
    )
    pin = {"latitude": found.place.latitude, "longitude": found.place.longitude, "name": name, "address": address}
    return [{"text": words}, {"custom": {"location": pin}}]


def _asked_again(question: Message) -> list[Response]:
    """The question as a response once more, with what can be tapped."""
    again: dict[str, Any] = {"text": question["text"]}
    if question.get("choices"):
        again["buttons"] = [{**choice, "payload": choice["id"]} for choice in question["choices"]]
    labels = {"list_button": question.get("choices_label"), "footer": question.get("footer")}
    return [{**again, "metadata": {name: label for name, label in labels.items() if label}}]
