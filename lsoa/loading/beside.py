"""Work on a second connection to the database, beside the caller: the database has more than one core."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from django.db import connection


class Beside:
    """Steps in their order, each begun when the one before it is done, while the caller goes on.

    In a transaction nobody else sees what the caller has written: the steps are then done at once. As a context
    manager it ends when its steps have ended; `wait` raises what went wrong in one of them.
    """

    def __init__(self):
        self._thread = None if connection.in_atomic_block else ThreadPoolExecutor(1, thread_name_prefix="beside")
        self._begun: list[Future] = []

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        if self._thread is not None:
            self._thread.shutdown(cancel_futures=True)

    def do(self, step: Callable[[], None]) -> None:
        if self._thread is None:
            step()
        else:
            self._begun.append(self._thread.submit(_on_its_own_connection, step))

    def wait(self, *, remaining: int = 0) -> None:
        """Until all steps but the last `remaining` ones have ended."""
        while len(self._begun) > remaining:
            self._begun.pop(0).result()


def _on_its_own_connection(step: Callable[[], None]) -> None:
    try:
        step()
    finally:
        # Connections belong to threads, and this one ends.
        connection.close()
