"""What an intake has found out so far: the form's slot `intake` as a typed object."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Dict, List, Mapping, Optional, Tuple

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet

from clinic.settings import settings
from clinic.triage import engine, findings, summary
from clinic.triage.conditions import Value
from clinic.triage.protocols import GENERAL, LEVELS, Protocol, Question, protocols

SLOT = "intake"
SLOTS = ("intake_consent", "intake_complaint", "intake_answer", SLOT)
LONGEST_OPENING, LONGEST_WORDS = 300, 600
# So many questions count as asked when an intake goes on after an alarm by mistake: there is room for some more.
ASKED_AGAIN = 3


@dataclass(frozen=True)
class Intake:
    """One intake in the making. Never changed: `replace` makes the next one."""

    protocols: Tuple[str, ...] = ()
    known: Mapping[str, Value] = field(default_factory=dict)
    asked: int = 0
    question: Optional[Question] = None
    failed: int = 0
    # In the patient's words: the opening, and what answers told that nobody could read.
    opening: str = ""
    # What the complaint may be, to choose from, while it is not sure.
    candidates: Tuple[str, ...] = ()
    # Whose opening was taken for an emergency is seen today, whatever the questions find.
    suspected: bool = False

    FORM = "intake_form"

    @classmethod
    def of(cls, tracker: Tracker) -> Intake:
        """Read the slot."""
        written = tracker.get_slot(SLOT) or {}
        question = written.get("question")
        return cls(
            protocols=tuple(written.get("protocols") or ()),
            known=dict(written.get("known") or {}),
            asked=int(written.get("asked") or 0),
            question=Question(question["kind"], tuple(question["names"])) if question else None,
            failed=int(written.get("failed") or 0),
            opening=str(written.get("opening") or ""),
            candidates=tuple(written.get("candidates") or ()),
            suspected=bool(written.get("suspected")),
        )

    @staticmethod
    def cleared() -> List[Dict[str, Any]]:
        """Events that forget everything; the consent is read from the database anyway."""
        return [SlotSet(name, None) for name in SLOTS]

    def kept(self) -> Dict[str, Any]:
        """The event that keeps it."""
        question = {"kind": self.question.kind, "names": list(self.question.names)} if self.question else None
        event: Dict[str, Any] = SlotSet(
            SLOT,
            {
                "protocols": list(self.protocols),
                "known": dict(self.known),
                "asked": self.asked,
                "question": question,
                "failed": self.failed,
                "opening": self.opening,
                "candidates": list(self.candidates),
                "suspected": self.suspected,
            },
        )
        return event

    @property
    def lead(self) -> List[Protocol]:
        """The protocols, the most dangerous first; the general one where the complaint fits none, or nobody of that sex."""
        unfit = findings.unfit(self.known, "protocols")
        found = [protocols()[name] for name in self.protocols if name in protocols() and name not in unfit]
        return found or [protocols()[GENERAL]]

    def with_remark(self, text: str) -> Intake:
        """With what was told beside the question, for the nurse: "none, but the light is unpleasant"."""
        return replace(self, opening=f"{self.opening} … {text}"[:LONGEST_WORDS])

    def with_next(self) -> Intake:
        """With the next question that matters, None when there is none."""
        return replace(self, question=engine.next_question(self.lead, self.known, self.asked))

    def verdict(self) -> engine.Verdict:
        """How soon, on what is known now."""
        found = engine.judge(self.lead, self.known)
        if self.suspected and engine.rank(found.level) < engine.rank(engine.DANGER_IS):
            return replace(found, level=engine.DANGER_IS, fired=("danger/suspected",), perhaps=())
        return found

    def raised(self) -> List[str]:
        """The findings that are there and call an ambulance, those of the first rule first."""
        alarming = [rule for rule in engine.holding(self.lead, self.known) if rule.level == LEVELS[-1]]
        names = [name for rule in alarming for name in sorted(rule.when.names())]
        return [name for name in dict.fromkeys(names) if self.known.get(name) is True]

    def doubted(self) -> Intake:
        """To go on where an alarm was a mistake: what raised it is asked again."""
        raised = self.raised()
        implied = {name for protocol in self.lead for name in protocol.implies}
        known = {name: value for name, value in self.known.items() if name not in {*raised} - implied}
        return replace(self, known=known, question=None, failed=0, asked=min(self.asked, ASKED_AGAIN))

    def in_words(self) -> str:
        """For the staff; "" while nothing is known."""
        if not self.protocols and not self.known:
            return ""
        others = [protocol.name for protocol in self.lead[1:]]
        return summary.in_words(self.known, self.verdict(), self.opening, settings().default_language, others)
