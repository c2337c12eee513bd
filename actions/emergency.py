"""An emergency, or what may be one: said at once, in every form, whoever has the chat (dialogue/emergency.py)."""

from __future__ import annotations

import logging
from copy import copy
from dataclasses import replace
from typing import List, Optional

from rasa_sdk.events import FollowupAction, SlotSet

from actions.base import ClinicAction, Events, Speaker
from actions.intake import answers
from actions.intake.entry import into, tells
from actions.intake.form import ABOUT_HEALTH, ANSWER, opened
from actions.intake.state import Intake
from actions.people import summary_for_staff
from actions.turn import Turn
from clinic import database, emergency, vocabulary
from clinic.settings import settings
from clinic.triage import alarms, replies
from clinic.triage.screen import CERTAIN, LIKELY, UNNAMED, screen

logger = logging.getLogger(__name__)

SLOT = "emergency"
ASKED, ACTED, DENIED = "asked", "acted", "denied"
SURE_NO = 0.6
# A message that was suspected so much begins the questions, though the danger was denied; from ALMOST_SURE on (strangers'
# patients: one in 60 who is none of it, docs/decisions/0013-triage.md) it is seen today, whatever they find.
PERHAPS, ALMOST_SURE, SURE_OF_DANGER = 0.5, 0.8, 0.9
# With words of danger in it, such a message is one about health too.
PERHAPS_ABOUT_HEALTH = ("ask_medical_advice", "nlu_fallback", "out_of_scope")


def was_asked(turn: Turn) -> bool:
    """Whether the message before this one was answered with "is this happening now?"."""
    return turn.set_before(SLOT) == ASKED


def signs_of(turn: Turn) -> List[str]:
    """The signs that the screen saw in this message."""
    return [str(sign) for sign in turn.danger.get("signs") or []]


def is_clear_no(turn: Turn) -> bool:
    """A no that can be believed: a tap, an answer that begins with a no ("no, that was yesterday") or says "not now".

    Danger that the same message names is believed before it; what a model only suspects is not, behind a plain no.
    """
    if turn.is_tap:
        return turn.intent == "deny" and turn.about == SLOT
    if turn.danger.get("level") == CERTAIN or set(signs_of(turn)) - {UNNAMED}:
        return False
    said = replies.reply(turn.text, turn.language)
    if said.no or vocabulary.is_one_of("no", turn.text):
        return True
    if said.yes or turn.danger.get("level") == LIKELY:
        return False
    # What only denies is a no too: "my breath is normal, my chest does not hurt".
    return said.not_now or screen(turn.text).explained_away or (turn.intent == "deny" and turn.confidence >= SURE_NO)


def _sounds_like_more(turn: Turn) -> bool:
    """Whether an answer to the intake's questions holds a danger of which the model is not sure.

    They are short and sound like more than they say: "none of those, she drinks like a fish". Where it is sure of the
    danger ("no, but he cannot breathe", 0.99) nothing is asked first.
    """
    return turn.form == Intake.FORM and turn.asked == ANSWER and turn.suspicion < SURE_OF_DANGER


def alarm(turn: Turn, speak: Speaker, signs: List[str]) -> Events:
    """Say the number and what helps; tell the team. The number is said whatever else fails."""
    speak.emergency(alarms.words(signs, turn.language, _country(turn)))
    try:
        with database.transaction() as session:
            alarms.raise_alarm(session, turn.contact_id, signs, turn.language, summary_for_staff(turn))
    except Exception as error:
        logger.error("the team was not told of an emergency: %s", type(error).__name__)
    else:
        speak.say_text("utter_emergency_told")
    return [SlotSet(SLOT, ACTED), *_kept(turn)]


def _kept(turn: Turn) -> Events:
    """What was told outside a form is kept for who takes the chat back: the questions go on with it."""
    told = _before(turn) if was_asked(turn) else turn
    return [] if turn.in_form or not settings().intake else [opened(told).kept()]


def _before(turn: Turn) -> Turn:
    """The turn with the message before this one."""
    then = copy(turn.tracker)
    then.latest_message = dict(turn.before or {})
    return Turn(then)


def _country(turn: Turn) -> Optional[str]:
    try:
        with database.read() as session:
            return emergency.country_of(session, turn.contact_id)
    except Exception as error:
        logger.error("the country of a phone could not be read: %s", type(error).__name__)
        return None


class Emergency(ClinicAction):
    """Life or limb in danger: certain → the number and the team, at once; likely → one question first."""

    action_name = "action_emergency"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """An open form waits. Everything but a clear no to the question is taken for a yes."""
        if was_asked(turn):
            return self._answered(turn, speak)
        if turn.danger.get("level") == LIKELY or _sounds_like_more(turn):
            return self._again(turn, speak) or self._ask(turn, speak)
        return alarm(turn, speak, signs_of(turn))

    @staticmethod
    def _again(turn: Turn, speak: Speaker) -> Events:
        """Behind an alarm nothing is asked: a no ("he is breathing fine, will I ring?") would take it back."""
        with database.transaction() as session:
            if not alarms.stands(session, turn.contact_id):
                return []
            alarms.raise_alarm(session, turn.contact_id, signs_of(turn), turn.language, summary_for_staff(turn))
        speak.say("utter_handoff_waiting_emergency", emergency_number=speak.number_to_call(_country(turn)))
        return [SlotSet(SLOT, ACTED)]

    @staticmethod
    def _ask(turn: Turn, speak: Speaker) -> Events:
        signs = signs_of(turn)
        with database.transaction() as session:
            alarms.ask_first(session, turn.contact_id, signs, turn.language)
        number = speak.number_to_call(_country(turn))
        named = alarms.named(signs, turn.language)
        if named is None:
            speak.say("utter_ask_emergency", emergency_number=number)
        else:
            speak.say("utter_ask_emergency_sign", emergency_number=number, sign=named)
        return [SlotSet(SLOT, ASKED)]

    @staticmethod
    def _answered(turn: Turn, speak: Speaker) -> Events:
        before = ((turn.before or {}).get("emergency") or {}).get("signs") or []
        if not is_clear_no(turn):
            return alarm(turn, speak, list(dict.fromkeys([*signs_of(turn), *map(str, before)])))
        with database.transaction() as session:
            alarms.not_now(session, turn.contact_id)
        speak.tell("utter_emergency_not_now", emergency_number=speak.number_to_call(_country(turn)))
        return [SlotSet(SLOT, DENIED), *_intake(turn)]


def _intake(turn: Turn) -> Events:
    """What was told before the question is not lost: outside a form the intake begins with it, and in it, it answers."""
    intent = ((turn.before or {}).get("intent") or {}).get("name")
    before = _before(turn)
    if turn.form == Intake.FORM and turn.asked == ANSWER:
        return [answers.read(Intake.of(turn.tracker), before).intake.kept()]
    if turn.in_form:
        return []
    if not settings().intake:
        return [FollowupAction("action_listen")]
    told = answers.of_an_answer(answers.told(turn))
    suspected = max(before.suspicion, 0.0 if turn.is_tap else turn.suspicion) >= ALMOST_SURE
    intake = replace(answers.added(opened(before), told), suspected=suspected)
    about_health = intent in (*ABOUT_HEALTH, *PERHAPS_ABOUT_HEALTH) or before.suspicion >= PERHAPS
    if not about_health and not tells(before, intake):
        # Nothing else answers a no to this question.
        return [FollowupAction("action_listen")]
    return into(intake)
