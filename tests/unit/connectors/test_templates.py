"""The repository's templates, and the limits that Meta's reviewers hold them to."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from clinic.settings import SettingsError
from connectors.whatsapp.inbound import is_command
from connectors.whatsapp.templates.components import differences, submission
from connectors.whatsapp.templates.locales import locales
from connectors.whatsapp.templates.model import GIVEN, Button, Template, Wording, problems
from connectors.whatsapp.templates.repository import TemplateError, read, templates

WANTED = {
    *("answer_waiting", "appointment_reminder", "appointment_confirmed", "appointment_cancelled_by_clinic"),
    *("appointment_moved_by_clinic", "check_back", "document_ready", "handoff_reply", "waitlist_offer"),
}
# Words that turn a utility template into marketing.
PROMOTION = re.compile(r"\b(offer|discount|sale|Angebot|Rabatt|gratis|oferta|desconto|grátis|скидк\w*|акци\w*)\b", re.I)
LETTERS = {"ar": r"[\u0600-\u06ff]", "ru": r"[\u0400-\u04ff]"}


def test_they_are_all_there_in_every_language() -> None:
    assert set(templates()) >= WANTED
    for template in templates().values():
        assert tuple(template.wordings) == ("en", "ar", "de", "pt_BR", "ru"), template.name
        assert template.category == "UTILITY"


@pytest.mark.parametrize("name", sorted(WANTED))
def test_each_is_written_in_its_own_letters_and_promotes_nothing(name: str) -> None:
    for locale, wording in templates()[name].wordings.items():
        written = " ".join([wording.body, *wording.labels])
        bare = re.sub(r"\{\{.*?\}\}|WhatsApp", "", written)
        if locale in LETTERS:
            assert re.search(LETTERS[locale], bare)
            assert not re.search("[A-Za-z]{2,}", bare), (name, locale)
        assert not PROMOTION.findall(bare), (name, locale)


def test_a_tap_is_a_command_of_ours() -> None:
    for template in templates().values():
        for button in template.buttons:
            assert button.value == GIVEN or is_command(button.value), (template.name, button)


def test_the_generic_ones_leave_nothing_open() -> None:
    """They stand for any message, so nobody could fill them."""
    for name in ("answer_waiting", "handoff_reply", "document_ready", "check_back"):
        assert not [p for w in templates()[name].wordings.values() for p in w.parameters(w.body)]


def a(body: str = "Hello {{name}}, good day.", **fields: Any) -> Wording:
    return Wording(**{"body": body, "examples": {"name": "Ida"}, **fields})


def of(*wordings: Wording, name: str = "news", category: str = "UTILITY", buttons: tuple[Button, ...] = ()) -> Template:
    return Template(name, category, buttons, dict(zip(("en", "de", "ru"), wordings, strict=False)))


REPLY = Button("quick_reply", "/help")
WRONG = {
    "name": (of(a(), name="My News"), "a-z, 0-9 and _"),
    "long name": (of(a(), name="n" * 513), "512"),
    "category": (of(a(), category="NEWS"), "category"),
    "no texts": (of(), "no texts"),
    "empty": (of(a(" ", examples={})), "empty"),
    "body": (of(a("x" * 1025, examples={})), "1025 characters, the limit is 1024"),
    "body with examples": (of(a("x" * 1010 + " {{name}} y", examples={"name": "y" * 99})), "with its examples"),
    "header": (of(a(header="x" * 61)), "header: 61 characters, the limit is 60"),
    "header parameters": (of(a(header="{{a}} and {{b}}.", examples={"name": "I", "a": "1", "b": "2"})), "more than 1"),
    "header lines": (of(a(header="a\nb")), "one line"),
    "footer": (of(a(footer="x" * 61)), "footer: 61"),
    "footer parameter": (of(a(footer="by {{name}}.")), "takes no parameters"),
    "buttons": (of(a(labels=[str(n) for n in range(11)]), buttons=(REPLY,) * 11), "11 buttons, the limit is 10"),
    "label": (of(a(labels=["x" * 26]), buttons=(REPLY,)), "26 characters, the limit is 25"),
    "label missing": (of(a(), buttons=(REPLY,)), "1 buttons, 0 labels"),
    "same labels": (of(a(labels=["a", "a"]), buttons=(REPLY, REPLY)), "the same label"),
    "button kind": (of(a(labels=["a"]), buttons=(Button("link", "x"),)), "a button is one of"),
    "start": (of(a("{{name}}, hello.")), "begins or ends"),
    "end": (of(a("Hello {{name}}!")), "begins or ends"),
    "adjacent": (of(a("Hi {{name}} {{b}} you", examples={"name": "I", "b": "B"})), "nothing between"),
    "gap": (of(a("Hi {{1}} and {{3}} you", examples={"1": "I", "3": "B"})), "without a gap"),
    "mixed": (of(a("Hi {{1}} and {{name}} you", examples={"1": "I", "name": "B"})), "not mixed"),
    "parameter name": (of(a("Hi {{First Name}} you", examples={"First Name": "I"})), "a-z, 0-9 and _"),
    "no example": (of(a(examples={})), "parameter name: no example"),
    "example too many": (of(a(examples={"name": "I", "x": "y"})), "example x: no parameter"),
    "braces": (of(a("Hi {{name}} {{ you")), "braces"),
    "line breaks": (of(a("Hi {{name}}\n\n\nyou")), "line breaks"),
    "languages differ": (of(a(), a("Hallo du da", examples={})), "other parameters"),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_meta_refuses_is_found_here(case: str) -> None:
    template, words = WRONG[case]
    assert any(words in problem for problem in problems(template)), problems(template)


def test_the_limits_themselves_are_allowed() -> None:
    most = a(
        "x" * 1018 + "{{n}}y", header="h" * 60, footer="f" * 60, labels=[f"{n:025}" for n in range(10)], examples={"n": "z"}
    )
    assert problems(of(most, name="n" * 512, buttons=(REPLY,) * 10)) == []
    assert problems(of(a("Hi {{1}} and {{2}}, you", examples={"1": "I", "2": "B"}))) == []


def test_a_file_of_another_shape_says_what_is_wrong(tmp_path: Path) -> None:
    for number, (written, words) in enumerate(
        (
            ("[]", "expected"),
            ("texts: {en: {body: hi, head: x}}", "head"),
            ("a: {", "expected"),
            ("texts: {en: {}}", "body"),
        )
    ):
        path = tmp_path / f"t{number}.yml"
        path.write_text(written)
        with pytest.raises(TemplateError, match=words):
            read(path)
    with pytest.raises(TemplateError, match=r"t0\.yml(.|\n)*t1\.yml"):
        templates(tmp_path)


def test_what_is_submitted_has_an_example_for_each_parameter() -> None:
    body = submission(templates()["appointment_reminder"], "de")
    assert (body["parameter_format"], body["language"], body["category"]) == ("NAMED", "de", "UTILITY")
    text, buttons = body["components"]
    assert [e["param_name"] for e in text["example"]["body_text_named_params"]] == [
        "patient",
        "when",
        "practitioner",
        "location",
    ]
    assert buttons["buttons"][0] == {"type": "QUICK_REPLY", "text": "Anderer Termin"}


def test_numbered_parameters_and_other_buttons_have_metas_form() -> None:
    wording = a("Hi {{1}} and {{2}}, you", header="For {{1}}.", labels=["Map", "Call"], examples={"1": "I", "2": "B"})
    template = of(wording, buttons=(Button("url", "https://clinic.example/map"), Button("phone_number", "+493023125100")))
    assert problems(template) == []
    header, text, buttons = submission(template, "en")["components"]
    assert header["example"] == {"header_text": ["I"]}
    assert text["example"] == {"body_text": [["I", "B"]]}
    assert buttons["buttons"] == [
        {"type": "URL", "text": "Map", "url": "https://clinic.example/map"},
        {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+493023125100"},
    ]


def test_a_change_of_words_is_seen() -> None:
    template = templates()["check_back"]
    account = submission(template, "en")["components"]
    assert differences(template, "en", account) == []
    other = replace(template, wordings={"en": replace(template.wordings["en"], footer="x", labels=("Good", "Same", "Bad"))})
    assert differences(other, "en", account) == ["footer", "buttons"]


def test_locales() -> None:
    assert locales({})["pt"] == "pt_BR"
    assert locales({"WHATSAPP_TEMPLATE_LOCALES": "pt=pt_PT, en=en_GB"}) == {
        "en": "en_GB", "ar": "ar", "de": "de", "pt": "pt_PT", "ru": "ru",
    }  # fmt: skip
    for bad in ("pt", "xx=en", "pt_PT"):
        with pytest.raises(SettingsError, match="WHATSAPP_TEMPLATE_LOCALES"):
            locales({"WHATSAPP_TEMPLATE_LOCALES": bad})
