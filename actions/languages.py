"""The patient's own choice of language: it holds from this answer on."""

from __future__ import annotations

from rasa_sdk.events import SlotSet

from actions.base import ClinicAction, Events, Speaker
from actions.turn import Turn
from clinic import contacts, formats, unspoken
from clinic.settings import settings


class ChangeLanguage(ClinicAction):
    """Switches to the language that was named, or asks which one."""

    action_name = "action_change_language"

    def answer(self, turn: Turn, speak: Speaker) -> Events:
        """A language that the clinic does not speak is said so, with a person offered."""
        named = [str(entity["value"]) for entity in turn.entities("language")]
        spoken = [code for code in named if code in settings().languages]
        if spoken:
            # "can we speak German instead of English": the language that is not spoken now is the wish
            wish = next((code for code in spoken if code != turn.language), spoken[0])
            contacts.set_language(turn.contact_id, wish)
            speak.say("utter_language_changed", language=wish)
            return [SlotSet("language_choice", wish)]
        written = unspoken.answer(named[0]) if named and turn.written_in == named[0] else None
        if written:
            speak.say_words(written.text, [{"title": written.button, "payload": "/human_handoff"}])
            return [SlotSet("offer", "person")]
        if named:
            speak.say("utter_language_not_spoken", requested=formats.language_name(named[0], turn.language))
            return [SlotSet("offer", "person")]
        speak.say("utter_ask_language", choices=_choices())
        return []


def _choices() -> list[dict[str, str]]:
    return [
        {"title": formats.language_name(code, code), "payload": f'/change_language{{"language": "{code}"}}'}
        for code in settings().languages
    ]
