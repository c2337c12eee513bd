"""What is to be done for a contact at a certain time; the worker looks for what is due.

A task is done once: whoever marks it done in the transaction that acts on it wins (`take`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from clinic import clock
from clinic.models import Task, col


def schedule(
    session: Session, contact_id: int, kind: str, due_at: datetime, payload: Mapping[str, Any] | None = None
) -> Task:
    """Do `kind` for the contact at `due_at` (aware). One that is open already moves to the new time."""
    cancel(session, contact_id, kind)
    task = Task(contact_id=contact_id, kind=kind, due_at=due_at, payload=dict(payload or {}))
    session.add(task)
    session.flush()
    return task


def cancel(session: Session, contact_id: int, kind: str) -> bool:
    """Take an open task back; whether there was one."""
    statement = update(Task).where(Task.contact_id == contact_id, Task.kind == kind, col(Task.done_at).is_(None))
    done: int = session.execute(
        statement.values(done_at=clock.now()), execution_options={"synchronize_session": False}
    ).rowcount
    return done > 0


def is_open(session: Session, contact_id: int, kind: str) -> bool:
    """Whether such a task waits."""
    statement = select(Task.id).where(Task.contact_id == contact_id, Task.kind == kind, col(Task.done_at).is_(None))
    return session.execute(statement.limit(1)).scalar() is not None


def due(session: Session, limit: int = 20, *, first: Collection[str] = ()) -> list[Task]:
    """Open tasks whose time has come: those of the kinds `first` before the others, of each the oldest first."""
    statement = select(Task).where(col(Task.done_at).is_(None), Task.due_at <= clock.now())
    order = (col(Task.kind).in_(first).desc(), Task.due_at, Task.id)
    return list(session.execute(statement.order_by(*order).limit(limit)).scalars())


def put_off(session: Session, task_id: int, delay: timedelta) -> None:
    """Try again after `delay` what could not be done, so that it does not stand in the way of the others."""
    statement = update(Task).where(Task.id == task_id, col(Task.done_at).is_(None)).values(due_at=clock.now() + delay)
    session.execute(statement, execution_options={"synchronize_session": False})


def take(session: Session, task_id: int) -> bool:
    """Mark the task done in this transaction; False when somebody else has, or it was taken back."""
    statement = update(Task).where(Task.id == task_id, col(Task.done_at).is_(None)).values(done_at=clock.now())
    taken: int = session.execute(statement, execution_options={"synchronize_session": False}).rowcount
    return taken == 1
