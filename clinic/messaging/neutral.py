"""The neutral form of a message: what actions, staff and reminders write, whatever the channel.

One bubble is one of these, named by the key that it has:

- `text`, alone or with `choices` (to tap; `choices_label` opens a long list), `link` (a button that opens a page) or
  `ask` ("location" or "contact": a button that shares it); around these `header` (words or a medium) and `footer`;
- `media`, `location`, `people` (visiting cards), `reaction` (to a message of the patient), `template` (words that the
  channel has approved beforehand).

Any of them may carry `reply_to` (the message it answers) and `fallback` (the template that says the same when the
channel takes nothing else); a text also `preview` (show the linked page) and choices `page` (which part is shown of more
than fit). A channel's own limits are the channel's business; here only the shape is checked (`shape`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict, Union

from clinic.messaging import shape


class Choice(TypedDict, total=False):
    """One thing to tap. `id` comes back when it is tapped; `section` groups long lists."""

    id: str
    title: str
    description: str
    section: str


class Place(TypedDict, total=False):
    """A pin on the map."""

    latitude: float
    longitude: float
    name: str
    address: str


class Media(TypedDict, total=False):
    """A picture or file: `id` of what was given to the channel, or a public `link`. One of the two."""

    kind: str
    id: str
    link: str
    caption: str
    filename: str


class Link(TypedDict):
    """A button that opens `url`."""

    url: str
    title: str


class Person(TypedDict, total=False):
    """A visiting card."""

    name: str
    phones: Sequence[str]
    emails: Sequence[str]
    organisation: str


class Reaction(TypedDict, total=False):
    """A small picture on a message of the patient; `emoji` None takes it away again."""

    message_id: str
    emoji: str | None


class Parameters(TypedDict, total=False):
    """What a template leaves open. A value is a text, or one of the mappings that `shape.VALUES` names.

    `header`: its one value. `body`: the values in order, or by name. `buttons`: one entry for each button, in order:
    `{"payload": …}` (what comes back when it is tapped), `{"url": …}` (the end of its address), None (nothing to fill in).
    """

    header: Any
    body: Union[Sequence[Any], Mapping[str, Any]]
    buttons: Sequence[Mapping[str, str] | None]


class Template(TypedDict, total=False):
    """Approved words by name; `language` is the channel's locale. In a `fallback` it is chosen when it is sent."""

    name: str
    language: str
    parameters: Parameters


class Message(TypedDict, total=False):
    """One bubble; the module says which keys go together."""

    text: str
    choices: Sequence[Choice]
    choices_label: str
    page: int
    link: Link
    ask: str
    header: Union[str, Media]
    footer: str
    preview: bool
    media: Media
    location: Place
    people: Sequence[Person]
    reaction: Reaction
    template: Template
    reply_to: str
    fallback: Template


def check(message: Mapping[str, Any]) -> None:
    """ValueError that names what is missing or wrong when `message` is not of the neutral form."""
    unknown = set(message) - set(Message.__annotations__)
    if unknown:
        raise ValueError(f"a message has no {', '.join(sorted(unknown))}")
    shape.check(message)


def text_of(message: Mapping[str, Any]) -> str:
    """What a person reads of `message`, in one string: for staff and for transcripts."""
    if "location" in message:
        place = message["location"]
        return ", ".join(str(place[key]) for key in ("name", "address") if place.get(key)) or "📍"
    if "media" in message:
        return _joined(_medium(message["media"]), message["media"].get("caption"))
    if "people" in message:
        return "\n".join(f"👤 {', '.join([person['name'], *(person.get('phones') or [])])}" for person in message["people"])
    if "reaction" in message:
        return str(message["reaction"].get("emoji") or "∅")
    if "template" in message:
        return _template(message["template"])
    header = message.get("header")
    head = _medium(header) if isinstance(header, Mapping) else header
    lines = [f"[{choice['title']}]" for choice in message.get("choices") or []]
    if message.get("link"):
        lines.append(f"[{message['link']['title']}: {message['link']['url']}]")
    if message.get("ask"):
        lines.append({"location": "[📍]", "contact": "[👤]"}[message["ask"]])
    return _joined(head, message.get("text"), *lines)


_PICTURES = {"image": "🖼", "document": "📄", "audio": "🎧", "video": "🎬", "sticker": "🙂"}


def _medium(medium: Mapping[str, Any]) -> str:
    return f"[{_PICTURES[medium['kind']]} {medium.get('filename') or medium.get('link') or medium['kind']}]"


def _template(template: Mapping[str, Any]) -> str:
    """Its words are the channel's; its name and what was filled in are ours."""
    parameters = template.get("parameters") or {}
    body = parameters.get("body") or []
    values = [parameters.get("header"), *(body.values() if isinstance(body, Mapping) else body)]
    said = [text for value in values if value is not None and (text := shape.words(value))]
    return _joined(f"[{template['name']}]", ", ".join(said))


def _joined(*lines: str | None) -> str:
    return "\n".join(str(line) for line in lines if line)
