"""Memory between the steps of a long load."""

import ctypes


def give_back() -> None:
    """Return freed memory to the system.

    The C library keeps what was freed for later use, in an arena for each thread. A load reads on one thread and
    writes on another, so what one step has freed is often of no use to the next, and the process grows by both.
    Other C libraries than GNU's have no such function, and need none.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
