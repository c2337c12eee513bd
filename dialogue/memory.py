"""What a tracker keeps in memory: the last turns, and in one summary what the turns before them left behind.

Rasa reads, copies and sends a tracker's whole history several times a turn, so a turn takes longer the longer the
session is (../docs/decisions/0011). Policies look at the last few turns only.
"""

from __future__ import annotations

from collections import deque
from typing import List

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, ActiveLoop, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

# A tracker of more than MOST turns is cut down to the last KEPT.
KEPT, MOST = 4, 8


def _cut(events: List[Event]) -> int:
    """The place of the `action_listen` that the oldest kept turn answers; 0 when nothing needs to go."""
    turns = [place for place, event in enumerate(events) if isinstance(event, UserUttered)]
    if len(turns) <= MOST:
        return 0
    for place in range(turns[-KEPT], 0, -1):
        event = events[place]
        if isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME:
            return place
    return 0


def _summary(before: DialogueStateTracker) -> List[Event]:
    """Events that bring an empty tracker to the state of `before`: its slots and its open form."""
    events: List[Event] = [
        SlotSet(slot.name, slot.value) for slot in before.slots.values() if slot.value != slot.initial_value
    ]
    if before.active_loop_name:
        events.append(ActiveLoop(before.active_loop_name))
    return events


def keep_recent(tracker: DialogueStateTracker) -> None:
    """Replace all but the last turns of `tracker.events` by their summary. The state stays as it is."""
    events = list(tracker.events)
    cut = _cut(events)
    if cut:
        before = DialogueStateTracker.from_events(tracker.sender_id, events[:cut], list(tracker.slots.values()))
        tracker.events = deque([*_summary(before), *events[cut:]])
