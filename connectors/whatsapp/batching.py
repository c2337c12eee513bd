"""Group commit: webhooks that arrive while a transaction runs are stored together in the next one.

A commit waits for the disk, whatever it holds. So there is one writer for each process, and what comes in meanwhile
waits for it together. Several POSTs become one body as Meta itself would have batched them: the store sees nothing new.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import OperationalError

# In one transaction: so many POSTs, or so many bytes of them.
MOST_POSTS = 64
MOST_BYTES = 3 * 1024 * 1024

Store = Callable[[Any], int]


@dataclass(frozen=True)
class _Post:
    document: Any
    size: int
    outcome: asyncio.Future[bool]


class Writer:
    """Stores documents together. All of a document is stored or none; a bad one fails alone."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: deque[_Post] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._idle = asyncio.Event()
        self._idle.set()
        # A thread of its own: however busy the server's others are, a webhook is stored at once.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="webhook")

    async def keep(self, document: Any, size: int = 0) -> bool:
        """Wait until `document` is stored for good; whether that brought something new. Raises what the store raised."""
        post = _Post(document, size, asyncio.get_running_loop().create_future())
        self._waiting.append(post)
        self._idle.clear()
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return await post.outcome

    async def idle(self, seconds: float) -> None:
        """Come back when nothing is to be stored, or after so many seconds: for work that can wait while Meta cannot."""
        try:
            await asyncio.wait_for(self._idle.wait(), seconds)
        except asyncio.TimeoutError:
            pass

    async def _write(self) -> None:
        try:
            await self._write_all()
        finally:
            self._idle.set()

    async def _write_all(self) -> None:
        while self._waiting:
            posts = self._next()
            work = asyncio.get_running_loop().run_in_executor(self._thread, self._store_all, [p.document for p in posts])
            for post, outcome in zip(posts, await work, strict=True):
                # Done already: the client hung up while it was written.
                if post.outcome.done():
                    continue
                if isinstance(outcome, Exception):
                    post.outcome.set_exception(outcome)
                else:
                    post.outcome.set_result(outcome)

    def _next(self) -> list[_Post]:
        """The oldest that can be written as one; at least the first."""
        posts = [self._waiting.popleft()]
        size = posts[0].size
        while self._waiting and len(posts) < MOST_POSTS and can_join(posts[0].document, self._waiting[0].document):
            size += self._waiting[0].size
            if size > MOST_BYTES:
                break
            posts.append(self._waiting.popleft())
        return posts

    def _store_all(self, documents: Sequence[Any]) -> list[bool | Exception]:
        if len(documents) > 1:
            try:
                return [bool(self._store(joined(documents)))] * len(documents)
            except OperationalError as error:
                # The database itself: it would say the same to each of them, after as long a wait.
                return [error] * len(documents)
            except Exception:
                # One of them is bad: alone, each gets what it deserves.
                return [self._alone(document) for document in documents]
        return [self._alone(document) for document in documents]

    def _alone(self, document: Any) -> bool | Exception:
        try:
            return bool(self._store(document))
        except Exception as error:
            return error


def can_join(one: Any, other: Any) -> bool:
    """Whether two webhook bodies are of one kind and can be written as one."""
    return all(isinstance(body, Mapping) and isinstance(body.get("entry"), list) for body in (one, other)) and (
        one.get("object") == other.get("object")
    )


def joined(documents: Sequence[Any]) -> dict[str, Any]:
    """One body with the entries of all, in their order."""
    return {**documents[0], "entry": [entry for document in documents for entry in document["entry"]]}
