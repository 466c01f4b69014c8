"""Work beside the loop for which the end of the process does not wait."""

import asyncio
import contextvars
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def in_daemon_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """As `asyncio.to_thread`, in a thread of its own that ends with the process, wherever it is just then.

    For what only computes, and takes long: the pool of `asyncio.to_thread` is waited for when the loop is closed, and
    again when the interpreter ends. Nothing that writes may be done like this.
    """
    loop, context = asyncio.get_running_loop(), contextvars.copy_context()
    outcome: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, failure: BaseException | None) -> None:
        if outcome.done():  # nobody waits for it any more
            return
        if failure is None:
            outcome.set_result(result)  # type: ignore[arg-type]  # it is what `work` returned
        else:
            outcome.set_exception(failure)

    def run() -> None:
        result, failure = None, None
        try:
            result = context.run(work, *args, **kwargs)
        except BaseException as raised:  # whatever it is, it is raised where it is waited for
            failure = raised
        with suppress(RuntimeError):  # the loop is closed
            loop.call_soon_threadsafe(settle, result, failure)

    Thread(target=run, daemon=True, name=f"heyan {getattr(work, '__name__', 'work')}").start()
    return await outcome
