"""Every limit of every payload: what just fits is built, one more is refused by field, limit and length."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.whatsapp.outbound import LimitError, envelope, interactive, media, plain, split_text, template
from connectors.whatsapp.outbound.interactive import Button, Picture, Row, Section
from connectors.whatsapp.outbound.media import File

Build = Callable[[int], Any]
OK = [Button("/affirm", "Yes")]
ROW = Row("/a", "A")
FILE = File(id="7")


def buttons(number: int) -> list[Button]:
    return [Button(f"/{n}", f"B{n}") for n in range(number)]


def rows(number: int) -> list[Row]:
    return [Row(f"/{n}", f"R{n}") for n in range(number)]


def card(name: str = "Front desk") -> plain.Card:
    return plain.Card(plain.Name(name, first_name=name))


# field, unit, limit → a payload whose field is that long.
LIMITS: list[tuple[str, str, int, Build]] = [
    ("text.body", "characters", 4096, lambda n: plain.text("x" * n)),
    ("image.caption", "characters", 1024, lambda n: media.image(FILE, "x" * n)),
    ("video.caption", "characters", 1024, lambda n: media.video(FILE, "x" * n)),
    ("document.caption", "characters", 1024, lambda n: media.document(FILE, "x" * n, "a.pdf")),
    ("contacts", "contacts", 257, lambda n: plain.contacts([card()] * n)),
    ("interactive.body.text", "characters", 1024, lambda n: interactive.reply_buttons("x" * n, OK)),
    ("interactive.body.text", "characters", 1024, lambda n: interactive.list_of("x" * n, "l", [Section([ROW])])),
    ("interactive.body.text", "characters", 1024, lambda n: interactive.cta_url("x" * n, "Open", "https://x.example")),
    ("interactive.body.text", "characters", 1024, lambda n: interactive.location_request("x" * n)),
    ("interactive.body.text", "characters", 1024, lambda n: interactive.contact_request("x" * n)),
    ("interactive.header.text", "characters", 60, lambda n: interactive.reply_buttons("b", OK, header="x" * n)),
    (
        "interactive.header.text",
        "characters",
        60,
        lambda n: interactive.list_of("b", "l", [Section([ROW])], header="x" * n),
    ),
    ("interactive.footer.text", "characters", 60, lambda n: interactive.reply_buttons("b", OK, footer="x" * n)),
    ("interactive.action.buttons", "buttons", 3, lambda n: interactive.reply_buttons("b", buttons(n))),
    (
        "interactive.action.buttons[0].reply.id",
        "characters",
        256,
        lambda n: interactive.reply_buttons("b", [Button("x" * n, "t")]),
    ),
    (
        "interactive.action.buttons[0].reply.title",
        "characters",
        20,
        lambda n: interactive.reply_buttons("b", [Button("i", "x" * n)]),
    ),
    ("interactive.action.button", "characters", 20, lambda n: interactive.list_of("b", "x" * n, [Section([ROW])])),
    ("interactive.action.sections.rows", "rows", 10, lambda n: interactive.list_of("b", "l", [Section(rows(n))])),
    (
        "interactive.action.sections",
        "sections",
        10,
        lambda n: interactive.list_of("b", "l", [Section([r], "s") for r in rows(n)]),
    ),
    (
        "interactive.action.sections.rows[0].id",
        "characters",
        200,
        lambda n: interactive.list_of("b", "l", [Section([Row("x" * n, "t")])]),
    ),
    (
        "interactive.action.sections.rows[0].title",
        "characters",
        24,
        lambda n: interactive.list_of("b", "l", [Section([Row("i", "x" * n)])]),
    ),
    (
        "interactive.action.sections.rows[0].description",
        "characters",
        72,
        lambda n: interactive.list_of("b", "l", [Section([Row("i", "t", "x" * n)])]),
    ),
    (
        "interactive.action.sections[0].title",
        "characters",
        24,
        lambda n: interactive.list_of("b", "l", [Section([ROW], "x" * n)]),
    ),
    (
        "interactive.action.parameters.display_text",
        "characters",
        20,
        lambda n: interactive.cta_url("b", "x" * n, "https://x.example"),
    ),
    ("template.name", "characters", 512, lambda n: template.template("x" * n, "de")),
    ("template.header", "characters", 60, lambda n: template.template("t", "de", header="x" * n)),
    ("template.body[0]", "characters", 1024, lambda n: template.template("t", "de", body=["x" * n])),
    ("template.body.who", "characters", 1024, lambda n: template.template("t", "de", body={"who": "x" * n})),
    ("template.buttons", "buttons", 10, lambda n: template.template("t", "de", buttons=[None] * n)),
    (
        "template.buttons[0].payload",
        "characters",
        256,
        lambda n: template.template("t", "de", buttons=[template.QuickReply("x" * n)]),
    ),
    (
        "template.buttons[1].text",
        "characters",
        2000,
        lambda n: template.template("t", "de", buttons=[None, template.UrlEnd("x" * n)]),
    ),
    (
        "biz_opaque_callback_data",
        "characters",
        512,
        lambda n: envelope.request(plain.text("a"), {"phone": "+49"}, opaque="x" * n),
    ),
    ("image", "bytes", 5 * 2**20, lambda n: media.check_file("image", "image/png", n)),
    ("audio", "bytes", 16 * 2**20, lambda n: media.check_file("audio", "audio/ogg; codecs=opus", n)),
    ("video", "bytes", 16 * 2**20, lambda n: media.check_file("video", "video/3gpp", n)),
    ("document", "bytes", 100 * 2**20, lambda n: media.check_file("document", "text/x-anything", n)),
    ("sticker", "bytes", 100 * 2**10, lambda n: media.check_file("sticker", "image/webp", n)),
    ("sticker", "bytes", 500 * 2**10, lambda n: media.check_file("sticker", "image/webp", n, animated=True)),
]


@pytest.mark.parametrize(
    ("field", "unit", "limit", "make"), LIMITS, ids=[f"{field}-{limit}" for field, _, limit, _ in LIMITS]
)
def test_a_limit(field: str, unit: str, limit: int, make: Build) -> None:
    make(1)
    make(limit)
    with pytest.raises(LimitError) as caught:
        make(limit + 1)
    assert (caught.value.field, caught.value.limit, caught.value.length) == (field, limit, limit + 1)
    assert str(caught.value) == f"{field}: {limit + 1} {unit}, the limit is {limit}"


def test_a_templates_values_count_together() -> None:
    body: list[template.Value] = ["x" * 1000, template.Currency("y" * 25, "EUR", 1)]
    with pytest.raises(LimitError, match=r"template\.body: 1025 characters, the limit is 1024"):
        template.template("t", "de", body=body)


def test_rows_of_all_sections_count_together() -> None:
    two = [Section(rows(11)[:6], "a"), Section(rows(11)[6:], "b")]
    with pytest.raises(LimitError, match=r"interactive\.action\.sections\.rows: 11 rows, the limit is 10"):
        interactive.list_of("b", "l", two)
    long = [Section([Row("/1", "1")], "a"), Section([Row("/2", "x" * 25)], "b")]
    with pytest.raises(LimitError, match=r"rows\[1\]\.title: 25 characters"):
        interactive.list_of("b", "l", long)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: plain.text(" \n"), "text.body: it is empty"),
        (lambda: interactive.reply_buttons("b", []), "interactive.action.buttons: it is empty"),
        (lambda: interactive.list_of("b", "l", [Section([])]), "interactive.action.sections.rows: it is empty"),
        (
            lambda: interactive.list_of("b", "l", [Section([ROW], "a"), Section([], "b")]),
            r"sections\[1\]\.rows: it is empty",
        ),
        (
            lambda: interactive.list_of("b", "l", [Section([ROW], "a"), Section([Row("/b", "B")])]),
            r"sections\[1\]\.title: it is empty",
        ),
        (lambda: interactive.list_of("b", "l", [Section([ROW, ROW])]), r"rows\[1\]\.id: the same as an earlier one"),
        (lambda: interactive.cta_url("b", "Open", "x.example"), r"parameters\.url: no address"),
        (lambda: interactive.cta_url("b", "Open", "tel:+4955501"), r"parameters\.url: tel address"),
        (lambda: interactive.cta_url("b", "Open", "https://x.example/a b"), r"parameters\.url"),
        (lambda: interactive.reply_buttons("b", OK, header=Picture("audio", FILE)), "interactive.header: audio is none of"),
        (lambda: media.image(File()), "image: either an id or a link"),
        (lambda: media.image(File("7", "https://x.example")), "image: either an id or a link"),
        (lambda: media.image(File(link="file:///a.png")), r"image\.link: file address"),
        (lambda: media.check_file("image", "image/gif", 1), "image: image/gif is none of image/jpeg, image/png"),
        (lambda: media.check_file("audio", "", 1), "audio: no type is none of"),
        (lambda: media.check_file("audio", "audio/ogg", 0), "audio: it is empty"),
        (lambda: plain.location(91, 0), "location.latitude: 91 is not between -90 and 90"),
        (lambda: plain.location(0, float("nan")), "location.longitude: nan"),
        (lambda: plain.reaction("", "👍"), "reaction.message_id: it is empty"),
        (lambda: plain.contacts([plain.Card(plain.Name("Amal"))]), "at least one other part of the name"),
        (lambda: plain.contacts([card(" ")]), "formatted_name: it is empty"),
        (lambda: template.template("Reminder", "de"), "template.name: small letters"),
        (lambda: template.template("t", "pt-BR"), "'pt-BR' is no locale"),
        (lambda: template.template("t", "de", body=["two\nlines"]), r"body\[0\]: a value has no line break"),
        (lambda: template.template("t", "de", body=["a     b"]), "at most four spaces"),
        (lambda: template.template("t", "de", body={"Who": "a"}), "template.body.Who: a parameter's name"),
        (lambda: template.template("t", "de", body=[""]), r"template\.body\[0\]: it is empty"),
        (lambda: template.template("t", "de", body=[template.Currency("1 €", "euro", 1)]), "'euro' is no code"),
        (lambda: template.template("t", "de", header=Picture("audio", FILE)), "template.header: audio is none of"),
    ],
)
def test_what_is_wrong_otherwise(make: Callable[[], Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        make()


WORDS = st.text(alphabet=st.sampled_from("aб ع.!?،\n\u0301\u200d\ufe0f👩🏽"), max_size=300)


@given(WORDS, st.integers(min_value=8, max_value=60))
def test_splitting_keeps_every_letter_and_every_limit(text: str, limit: int) -> None:
    parts = split_text(text, limit)
    assert all(part and len(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=80))
def test_a_row_is_built_or_refused_with_a_name(id_: str, title: str, description: str) -> None:
    """Whatever is written on it: JSON that WhatsApp takes, or a ValueError; never anything else."""
    try:
        built = interactive.list_of("b", "l", [Section([Row(id_, title, description)])])
    except ValueError as error:
        assert str(error).startswith("interactive.action.sections.rows[0].")
        return
    (row,) = json.loads(json.dumps(built))["interactive"]["action"]["sections"][0]["rows"]
    assert (row["id"], row["title"], row.get("description", "")) == (id_, title, description)
    assert len(title) <= 24 and len(description) <= 72
