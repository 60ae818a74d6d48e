"""Things worth remembering of a review being served that do not follow from its revision alone."""

from __future__ import annotations

import atexit
import threading
import time
from collections.abc import Callable, Hashable
from typing import TypeVar
from weakref import WeakKeyDictionary

from curation.web.desk import Desk

Made = TypeVar("Made")
_KEPT: WeakKeyDictionary[Desk, dict[str, tuple[Hashable, object]]] = WeakKeyDictionary()
_LOCK = threading.Lock()


def remembered(desk: Desk, name: str, state: Hashable, make: Callable[[], Made]) -> Made:
    """What was made under this name for this state; made anew where the state is another one."""
    with _LOCK:
        kept = _KEPT.setdefault(desk, {}).get(name)
    if kept is not None and kept[0] == state:
        made: Made = kept[1]  # type: ignore[assignment]  # kept under the name by an earlier call
        return made
    fresh = make()
    with _LOCK:
        _KEPT.setdefault(desk, {})[name] = (state, fresh)
    return fresh


def lasting(desk: Desk, name: str, make: Callable[[], Made]) -> Made:
    """What there is once for a review as long as it is served, such as a lock."""
    with _LOCK:
        kept = _KEPT.setdefault(desk, {})
        if name not in kept:
            kept[name] = (None, make())
        made: Made = kept[name][1]  # type: ignore[assignment]  # as above
        return made


class Stopped(BaseException):
    """The server ends; whatever is done beside the pages is given up."""


_BESIDE: set[threading.Thread] = set()
_STOPPING = threading.Event()


def beside(work: Callable[[], None], name: str) -> threading.Thread:
    """Do something beside the pages, in a thread; it calls ``carry_on`` from time to time."""

    def run() -> None:
        try:
            work()
        except Stopped:
            return
        finally:
            _BESIDE.discard(threading.current_thread())

    thread = threading.Thread(target=run, name=name, daemon=True)
    _BESIDE.add(thread)
    thread.start()
    return thread


def carry_on() -> None:
    """Whether to go on with what is done beside the pages. Raises Stopped where the server ends."""
    if _STOPPING.is_set():
        raise Stopped


@atexit.register
def stop_all(seconds: float = 20.0) -> None:
    """Make what is done beside the pages give up, and wait for it.

    A thread that Python's end meets inside DuckDB would take the whole process down with an error.
    """
    _STOPPING.set()
    deadline = time.monotonic() + seconds
    for each in list(_BESIDE):
        each.join(max(0.0, deadline - time.monotonic()))
    _STOPPING.clear()
