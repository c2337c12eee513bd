"""An intake as FHIR R4 `QuestionnaireResponse` (https://hl7.org/fhir/R4/questionnaireresponse.html), as plain JSON.

The protocols are our own questionnaires: `questionnaire` names the protocol, each item's `linkId` is a finding. A sign is
`valueBoolean`, a number `valueQuantity` with its UCUM unit, a choice `valueCoding`; what the patient does not know is
an item without an answer and with the extension data-absent-reason `asked-unknown`.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from clinic.triage import findings, texts
from clinic.triage.conditions import Known, Value
from clinic.triage.engine import Verdict

SYSTEM = "urn:salama:triage"
UCUM = "http://unitsofmeasure.org"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
UNITS = {
    "years": "a", "days": "d", "0-10": "{score}", "celsius": "Cel", "mmHg": "mm[Hg]", "mg/dL": "mg/dL",
    "per minute": "/min", "weeks": "wk",
}  # fmt: skip


def _answer(name: str, value: Value) -> dict[str, Any]:
    if name in findings.numbers():
        unit = UNITS[findings.numbers()[name]]
        return {"valueQuantity": {"value": value, "unit": unit, "system": UCUM, "code": unit}}
    if name in findings.choices():
        return {"valueCoding": {"system": f"{SYSTEM}:{name}", "code": value}}
    return {"valueBoolean": value}


def _item(name: str, value: Value, language: str) -> dict[str, Any]:
    item: dict[str, Any] = {"linkId": name, "text": str(texts.of_finding(name, language)["ask"])}
    if value is None:
        return {**item, "extension": [{"url": ABSENT, "valueCode": "asked-unknown"}]}
    return {**item, "answer": [_answer(name, value)]}


def questionnaire_response(
    known: Known, verdict: Verdict, authored: datetime, language: str, intake_id: int, patient_id: int | None = None
) -> dict[str, Any]:
    """The resource for an intake; `authored` is aware. `subject` is there once the patient is known."""
    verdict_item = {
        "linkId": "triage-level",
        "text": "Triage level",
        "answer": [{"valueCoding": {"system": f"{SYSTEM}:level", "code": verdict.level}}],
    }
    resource: dict[str, Any] = {
        "resourceType": "QuestionnaireResponse",
        "identifier": {"system": f"{SYSTEM}:intake", "value": str(intake_id)},
        "questionnaire": f"{SYSTEM}:protocol:{verdict.protocol}",
        "status": "completed",
        "authored": authored.isoformat(),
        "language": language,
        "item": [*(_item(name, value, language) for name, value in known.items()), verdict_item],
    }
    if patient_id is not None:
        resource["subject"] = {"reference": f"Patient/{patient_id}"}
    return resource
