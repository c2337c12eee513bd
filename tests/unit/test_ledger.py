"""The checker of the fault runs finds every kind of error: books kept by hand, with one wrong entry each."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from tests.support.ledger import Bubble, Ledger, Received, Said, Verdict, Written, judge

NINE = datetime(2026, 11, 24, 9, 0, tzinfo=timezone.utc)
ANNA, OMAR = "+4915100000001", "+4915100000002"


def at(seconds: float) -> datetime:
    return NINE + timedelta(seconds=seconds)


# Anna writes twice, Omar once; Omar's answer has two parts.
BOOKS = Ledger(
    written=[Written("in-1", ANNA, "one"), Written("in-2", ANNA, "two"), Written("in-3", OMAR, "three")],
    bubbles=[
        Bubble(4, ANNA, "out-1", "o1", "echo: one"),
        Bubble(5, OMAR, "out-3", "o3", "hello\n\necho: three"),
        Bubble(6, ANNA, "out-2", "o2", "echo: two"),
        Bubble(7, OMAR, "out-4", "o4", "and more"),
    ],
    inbox=[
        Received(1, "in-1", 10, at(0), at(0), at(1)),
        Received(2, "in-2", 10, at(5), at(5), at(6)),
        Received(3, "in-3", 20, at(2), at(2), at(3)),
    ],
    outbox=[
        Said(1, 10, "o1", "read", "out-1", "in-1"),
        Said(2, 20, "o3", "delivered", "out-3", "in-3"),
        Said(3, 20, "o4", "sent", "out-4", "in-3", 1),
        Said(4, 10, "o2", "delivered", "out-2", "in-2"),
    ],
)


def wrong(ledger: Ledger, kind: str, *, echoes: bool = False) -> list[str]:
    """The cases of this kind, and no others may be there."""
    verdict = judge(ledger, echoes=echoes)
    for name in {"lost", "doubled", "disordered", "pending"} - {kind}:
        assert getattr(verdict, name) == []
    found: list[str] = getattr(verdict, kind)
    assert found
    assert not verdict.clean
    return found


def with_outbox(number: int, **changed: object) -> Ledger:
    rows = list(BOOKS.outbox)
    rows[number] = replace(rows[number], **changed)  # type: ignore[arg-type]
    return replace(BOOKS, outbox=rows)


def with_inbox(number: int, **changed: object) -> Ledger:
    rows = list(BOOKS.inbox)
    rows[number] = replace(rows[number], **changed)  # type: ignore[arg-type]
    return replace(BOOKS, inbox=rows)


def test_books_that_are_right() -> None:
    verdict = judge(BOOKS, echoes=True)
    assert verdict.clean
    assert verdict.summary(kills=7) == (
        "conversations 2 · in 3 · out 4 · kills 7 · lost 0 · doubled 0 · disordered 0 · pending 0"
    )


def test_what_was_never_stored() -> None:
    ledger = replace(BOOKS, inbox=BOOKS.inbox[1:], outbox=BOOKS.outbox[1:], bubbles=BOOKS.bubbles[1:])
    assert wrong(ledger, "lost") == [f"in-1 of {ANNA} was never stored"]


def test_what_was_never_processed() -> None:
    assert wrong(with_inbox(1, processed_at=None), "pending") == [f"in-2 of {ANNA} waits in the inbox"]


def test_what_was_processed_and_never_answered() -> None:
    ledger = replace(BOOKS, outbox=BOOKS.outbox[:3], bubbles=[each for each in BOOKS.bubbles if each.opaque != "o2"])
    assert wrong(ledger, "lost") == [f"in-2 of {ANNA} has no answer"]
    assert judge(ledger, answered=lambda written: written.wamid != "in-2").clean


def test_what_was_stored_twice() -> None:
    twice = [*BOOKS.inbox, replace(BOOKS.inbox[1], id=9)]
    assert wrong(replace(BOOKS, inbox=twice), "doubled") == ["in-2 is stored 2 times"]


def test_a_turn_that_was_written_twice() -> None:
    again = Said(5, 10, "o5", "delivered", "out-5", "in-2")
    ledger = replace(BOOKS, outbox=[*BOOKS.outbox, again], bubbles=[*BOOKS.bubbles, Bubble(8, ANNA, "out-5", "o5")])
    assert wrong(ledger, "doubled") == ["in-2 is answered 2 times"]


def test_what_was_sent_twice() -> None:
    ledger = replace(BOOKS, bubbles=[*BOOKS.bubbles, Bubble(8, ANNA, "out-9", "o2", "echo: two")])
    assert "outbox 4 was seen 2 times" in wrong(ledger, "doubled")
    assert f"{ANNA} heard 'two' 2 times" in wrong(ledger, "doubled", echoes=True)


def test_what_was_sent_twice_under_another_name() -> None:
    """A row that was queued again under a new id, although the first try had arrived."""
    ledger = replace(BOOKS, bubbles=[*BOOKS.bubbles, Bubble(8, ANNA, "out-9", "older", "echo: two")])
    assert wrong(ledger, "doubled") == [f"bubble 8 of {ANNA} belongs to no row of the outbox"]


def test_what_failed_after_it_was_accepted_may_be_sent_again() -> None:
    failed = Bubble(3, ANNA, "out-0", "older", "echo: one", shown=False)
    assert judge(replace(BOOKS, bubbles=[failed, *BOOKS.bubbles]), echoes=True).clean


def test_what_nobody_saw() -> None:
    bubbles = [replace(each, shown=each.opaque != "o4") for each in BOOKS.bubbles]
    assert wrong(replace(BOOKS, bubbles=bubbles), "lost") == ["outbox 3 is sent, and nobody saw it"]


def test_an_answer_of_which_only_the_words_are_missing() -> None:
    bubbles = [replace(each, text="echo: something else") if each.seq == 4 else each for each in BOOKS.bubbles]
    assert wrong(replace(BOOKS, bubbles=bubbles), "lost", echoes=True) == [f"{ANNA} never heard 'one'"]


@pytest.mark.parametrize("status", ["failed", "parked"])
def test_what_was_given_up(status: str) -> None:
    assert wrong(with_outbox(3, status=status), "lost") == [f"outbox 4 was seen, but is {status}"]


@pytest.mark.parametrize("status", ["queued", "sending"])
def test_what_still_waits(status: str) -> None:
    assert wrong(with_outbox(3, status=status), "pending") == [f"outbox 4 is {status}"]


def test_webhooks_that_were_never_taken() -> None:
    assert wrong(replace(BOOKS, undelivered=3), "pending") == ["3 webhooks were never taken"]


def test_a_bubble_is_known_by_the_channels_id_too() -> None:
    bubbles = [replace(each, opaque=None) for each in BOOKS.bubbles]
    assert judge(replace(BOOKS, bubbles=bubbles), echoes=True).clean


def test_bubbles_out_of_order() -> None:
    swapped = [replace(each, seq={5: 7, 7: 5}.get(each.seq, each.seq)) for each in BOOKS.bubbles]
    assert wrong(replace(BOOKS, bubbles=swapped), "disordered") == [f"{OMAR} saw outbox 3 before 2"]


def swapped_answers() -> Ledger:
    """Anna's second message was answered first, and so she saw it."""
    to = {"o1": "in-2", "o2": "in-1"}
    return replace(BOOKS, outbox=[replace(row, in_reply_to=to.get(row.opaque, row.in_reply_to)) for row in BOOKS.outbox])


def test_answers_out_of_order() -> None:
    assert wrong(swapped_answers(), "disordered") == ["contact 10: inbox 2 was answered before 1"]


def test_a_message_that_arrived_too_late_is_answered_late() -> None:
    """The same, but the first message was stored when the second one's answer was on its way."""
    ledger = swapped_answers()
    late = [
        Received(9, "in-1", 10, at(0), at(5.9), at(7)),
        Received(2, "in-2", 10, at(5), at(5), at(6)),
        *ledger.inbox[2:],
    ]
    assert judge(replace(ledger, inbox=late)).clean
    waited = [replace(late[0], processed_at=at(101)), replace(late[1], processed_at=at(100)), *late[2:]]
    assert wrong(replace(ledger, inbox=waited), "disordered") == ["contact 10: inbox 2 was answered before 9"]


def test_a_report_names_the_first_cases() -> None:
    report = Verdict(lost=[f"case {number}" for number in range(20)]).report()
    assert "lost 20" in report
    assert "  lost: case 0\n" in report
    assert report.endswith("  lost: … and 8 more")
