"""Templates: what may be submitted, what becomes of it, and what a message with one must carry."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
import requests
from simulator_kit import ACCOUNT, ANNA, TEXT, VISIT, Clinic, Json, Running, eventually, named, template_message

PATH = f"/v25.0/{ACCOUNT}/message_templates"


def submit(simulator: Running, template: Json = VISIT) -> requests.Response:
    return simulator.graph(PATH, "POST", json=template)


def listed(simulator: Running, query: str = "") -> list[Json]:
    found: list[Json] = simulator.graph(PATH + query).json()["data"]
    return found


def refused(simulator: Running, body: Json, phone: str = ANNA) -> Json:
    answer = simulator.post({"messaging_product": "whatsapp", "to": phone, **body})
    assert answer.status_code >= 400, answer.text
    error: Json = answer.json()["error"]
    return error


def changed(path: str, value: Any) -> Json:
    """VISIT with another value at a dotted path; numbers are places in lists."""
    template = deepcopy(VISIT)
    spot: Any = template
    *way, last = path.split(".")
    for step in way:
        spot = spot[int(step) if step.isdigit() else step]
    spot[int(last) if last.isdigit() else last] = value
    return template


def test_a_template_is_looked_at_and_approved(simulator: Running, clinic: Clinic) -> None:
    answer = submit(simulator)
    assert answer.status_code == 200, answer.text
    assert (answer.json()["status"], answer.json()["category"]) == ("PENDING", "UTILITY")
    [value] = eventually(clinic.values)
    assert value == {
        "event": "APPROVED",
        "message_template_id": int(answer.json()["id"]),
        "message_template_name": "visit_tomorrow",
        "message_template_language": "de",
        "reason": "NONE",
        "message_template_category": "UTILITY",
    }
    [template] = listed(simulator)
    assert template["components"] == VISIT["components"]
    assert (template["status"], template["quality_score"]) == ("APPROVED", {"score": "UNKNOWN"})
    again = submit(simulator).json()["error"]
    assert (again["code"], again["error_subcode"]) == (100, 2388024)


def test_who_decides_and_when(simulator: Running, clinic: Clinic) -> None:
    simulator.control("/account", {"decide": "pending"})
    submit(simulator)
    assert listed(simulator)[0]["status"] == "PENDING"
    assert refused(simulator, template_message())["code"] == 132001
    simulator.control("/templates/visit_tomorrow/de", {"status": "APPROVED"})
    assert listed(simulator)[0]["status"] == "APPROVED"
    simulator.control("/account", {"decide": "reject", "decide_after": 0.2})
    submit(simulator, {**VISIT, "language": "en_US"})
    assert listed(simulator, "?language=en_US")[0]["status"] == "PENDING"
    rejected = eventually(lambda: [each for each in listed(simulator) if each["status"] == "REJECTED"])
    assert rejected[0]["rejected_reason"] == "INVALID_FORMAT"
    eventually(lambda: [value["event"] for value in clinic.values()] == ["APPROVED", "REJECTED"])
    assert simulator.control("/account", {"decide": "perhaps"}).status_code == 400


@pytest.mark.parametrize(
    "template",
    [
        changed("name", "Visit"),
        changed("language", "German"),
        changed("category", "SERVICE"),
        changed("parameter_format", "BOTH"),
        changed("components", []),
        changed("components", "x"),
        changed("components.0.format", "SONG"),
        changed("components.0.text", "x" * 61),
        changed("components.0.text", "{{clinic}} {{name}} x"),
        changed("components.1.text", "x" * 1025),
        changed("components.1.text", " "),
        changed("components.1.text", "{{name}}, morgen um {{hour}} Uhr."),
        changed("components.1.text", "Guten Tag {{name}}, morgen um {{hour}}"),
        changed("components.1.text", "Guten Tag {{name}} {{hour}} Uhr"),
        changed("components.1.text", "Guten Tag {{1}}, morgen um {{2}} Uhr."),
        changed("components.1.example", None),
        changed("components.2.text", "x" * 61),
        changed("components.2.text", "von {{clinic}} hier"),
        changed("components.2.type", "BODY"),
        changed("components.3.buttons", []),
        changed("components.3.buttons", [{"type": "QUICK_REPLY", "text": str(n)} for n in range(11)]),
        changed("components.3.buttons.0.text", "x" * 26),
        changed("components.3.buttons.0.type", "SWITCH"),
        changed("components.3.buttons.1.url", "example.org"),
        changed("components.3.buttons.1.example", None),
    ],
)
def test_what_is_no_template(simulator: Running, template: Json) -> None:
    answer = submit(simulator, template)
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)
    assert listed(simulator) == []


def test_pages_and_filters(simulator: Running) -> None:
    for n in range(7):
        submit(simulator, {**VISIT, "name": f"visit_{n}", "language": "de" if n % 2 else "en"})
    names, query, pages = [], "?limit=3", 0
    while query:
        page = simulator.graph(PATH + query).json()
        names += [each["name"] for each in page["data"]]
        pages += 1
        query = f"?limit=3&after={page['paging']['cursors']['after']}" if "next" in page["paging"] else ""
    assert (names, pages) == ([f"visit_{n}" for n in range(7)], 3)
    assert [each["name"] for each in listed(simulator, "?language=de")] == ["visit_1", "visit_3", "visit_5"]
    assert len(listed(simulator, "?status=APPROVED&name=visit_2")) == 1
    assert simulator.graph(PATH + "?after=nothing").json()["error"]["code"] == 131059
    assert simulator.graph(PATH + "?limit=0").json()["error"]["code"] == 100
    assert simulator.graph("/v25.0/77/message_templates").json()["error"]["error_subcode"] == 33


def test_editing_and_deleting(simulator: Running) -> None:
    identifier = submit(simulator).json()["id"]
    submit(simulator, {**VISIT, "language": "en_US"})
    simulator.control("/account", {"decide": "pending"})
    components = [{"type": "BODY", "text": "Bis morgen."}]
    assert simulator.graph(f"/v25.0/{identifier}", "POST", json={"components": components}).json() == {"success": True}
    found = simulator.graph(f"/v25.0/{identifier}").json()
    assert (found["status"], found["components"]) == ("PENDING", components)
    assert simulator.graph("/v25.0/12", "POST", json={}).status_code == 400
    assert simulator.graph(f"{PATH}?name=visit_tomorrow&hsm_id={identifier}", "DELETE").json() == {"success": True}
    assert [each["language"] for each in listed(simulator)] == ["en_US"]
    assert simulator.graph(f"{PATH}?name=visit_tomorrow", "DELETE").status_code == 200
    assert simulator.graph(f"{PATH}?name=visit_tomorrow", "DELETE").status_code == 400
    assert simulator.graph(PATH, "DELETE").status_code == 400


def test_a_template_opens_a_closed_window(simulator: Running, clinic: Clinic) -> None:
    submit(simulator)
    assert refused(simulator, TEXT)["code"] == 131047
    wamid = simulator.send({**template_message(), "biz_opaque_callback_data": "row/1"})
    sent, _ = clinic.wait_statuses(wamid, 2)
    assert (sent["pricing"]["category"], sent["biz_opaque_callback_data"]) == ("utility", "row/1")
    [shown] = simulator.chat()
    assert shown["text"] == "Termin bei Salama\nGuten Tag Frau Weiß, morgen um 9 Uhr.\nIhre Praxis\n[Ich komme]\n[Weg]"
    assert shown["payload"]["template"]["shown"]["buttons"][1]["url"] == "https://example.org/karte"
    assert refused(simulator, TEXT)["code"] == 131047  # a template alone opens nothing
    simulator.control(f"/phones/{ANNA}/send", {"tap": "Ich komme"})
    [reply] = eventually(clinic.messages)
    assert reply["button"] == {"payload": "Ich komme", "text": "Ich komme"}
    assert reply["context"]["id"] == wamid
    simulator.send(TEXT)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (template_message(body=named(name="x")), 132000),
        (template_message(body=named(name="x", hour="9", day="3")), 132000),
        (template_message(body=named(name="x", day="3")), 132000),
        (template_message(body=None), 132000),
        (template_message(header=None), 132000),
        (template_message(url=None), 132000),
        (template_message(body=[{"type": "image", "image": {}}, *named(hour="9")]), 132012),
        (template_message(body=named(name="x\ny", hour="9")), 132018),
        (template_message(body=named(name="x" + " " * 5 + "y", hour="9")), 132018),
        (template_message(body=named(name="", hour="9")), 131008),
        (template_message(body=named(name="x" * 1010, hour="9")), 132005),
        (template_message(body="x"), 131009),
    ],
)
def test_parameters_that_do_not_fit(simulator: Running, body: Json, code: int) -> None:
    submit(simulator)
    assert refused(simulator, body)["code"] == code


def test_buttons_that_do_not_fit(simulator: Running) -> None:
    submit(simulator)
    body = template_message()
    for change in ({"index": "7"}, {"index": "0"}, {"index": None}):
        wrong = deepcopy(body)
        wrong["template"]["components"][-1].update(change)
        assert refused(simulator, wrong)["code"] == 132018
    for wrong_kind in ({"type": "footer"}, {"type": "body"}):
        wrong = deepcopy(body)
        wrong["template"]["components"][-1].update(wrong_kind)
        assert refused(simulator, wrong)["code"] == 131009


def test_positional_parameters(simulator: Running) -> None:
    body = {"type": "BODY", "text": "Am {{1}} um {{2}} Uhr", "example": {"body_text": [["Montag", "9"]]}}
    submit(simulator, {**VISIT, "parameter_format": "POSITIONAL", "components": [body]})
    given = [{"type": "text", "text": "Dienstag"}, {"type": "date_time", "date_time": {"fallback_value": "10"}}]
    sent = template_message(header=None, body=given, url=None)
    simulator.send(sent)
    assert simulator.chat()[0]["text"] == "Am Dienstag um 10 Uhr"
    assert refused(simulator, template_message(header=None, body=named(a="1", b="2"), url=None))["code"] == 132018


def test_a_header_that_is_a_picture(simulator: Running) -> None:
    components = [{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Das Haus"}]
    submit(simulator, {**VISIT, "components": components})
    picture = {"type": "image", "image": {"link": "https://example.org/a.png"}}
    simulator.send(template_message(header=[picture], body=None, url=None))
    assert refused(simulator, template_message(header=None, body=None, url=None))["code"] == 132000
    assert refused(simulator, template_message(header=named(a="b"), body=None, url=None))["code"] == 132012


@pytest.mark.parametrize(
    ("status", "code"), [("PENDING", 132001), ("REJECTED", 132001), ("PAUSED", 132015), ("DISABLED", 132016)]
)
def test_what_meta_has_stopped(simulator: Running, clinic: Clinic, status: str, code: int) -> None:
    submit(simulator)
    told = simulator.control("/templates/visit_tomorrow/de", {"status": status, "reason": "WHY", "quality": "RED"}).json()
    assert (told["status"], told["rejected_reason"], told["quality_score"]["score"]) == (status, "WHY", "RED")
    assert refused(simulator, template_message())["code"] == code
    quality = eventually(lambda: [value for value in clinic.values() if "new_quality_score" in value])
    assert quality[0]["previous_quality_score"] == "UNKNOWN"


def test_another_language_is_another_template(simulator: Running) -> None:
    submit(simulator)
    body = template_message()
    body["template"]["language"]["code"] = "de_AT"
    assert refused(simulator, body)["error_data"]["details"] == "template name (visit_tomorrow) does not exist in de_AT"


def test_templates_on_order(simulator: Running) -> None:
    assert simulator.control("/templates", {**VISIT, "status": "PAUSED"}).status_code == 201
    assert simulator.control("/templates").json()["templates"][0]["status"] == "PAUSED"
    assert simulator.control("/templates", VISIT).status_code == 409
    assert simulator.control("/templates", {**VISIT, "name": "A"}).status_code == 400
    assert simulator.control("/templates/visit_tomorrow/de", {"status": "GONE"}).status_code == 400
    assert simulator.control("/templates/visit_tomorrow/de", {}).status_code == 400
    assert simulator.control("/templates/visit_tomorrow/fr", {"status": "APPROVED"}).status_code == 404


def test_advertising_and_passwords_have_rules_of_their_own(simulator: Running, clinic: Clinic) -> None:
    plain = [{"type": "BODY", "text": "Code"}]
    submit(simulator, {**VISIT, "category": "AUTHENTICATION", "components": plain})
    body = {**template_message(header=None, body=None, url=None), "messaging_product": "whatsapp"}
    answer = simulator.post({**body, "recipient": "DE.111222333"})
    assert answer.json()["error"]["code"] == 131062
    assert simulator.post({**body, "to": ANNA}).status_code == 200
    simulator.control("/templates/visit_tomorrow/de", {"category": "MARKETING"})
    simulator.control(f"/phones/{ANNA}/changes", {"marketing": "stop"})
    assert simulator.post({**body, "to": ANNA}).json()["error"]["code"] == 131050
    wishes = eventually(lambda: [value for value in clinic.values() if "user_preferences" in value])
    assert wishes[0]["user_preferences"][0]["value"] == "stop"
    simulator.control(f"/phones/{ANNA}/changes", {"marketing": "resume"})
    assert simulator.post({**body, "to": ANNA}).status_code == 200
