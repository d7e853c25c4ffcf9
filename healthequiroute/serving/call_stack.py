"""Room for deep calls, so that a page does not ask the system for memory at every other one.

CPython (3.11 and later) keeps the frames of Python functions in chunks of 16 kB, which it takes from the system, and
gives back as soon as the last frame in them is done. Answering a page is some hundred and fifty calls deep; where a
loop stands at the end of a chunk, each of its calls takes a chunk and gives it back. An area's page did so two thousand
times, a fifth of its processor time (docs/pages-bench.md).

A frame that is larger than a chunk gets a chunk of the next power of two, and what it calls lies in the rest of it.
"""

from collections.abc import Callable

# Values that the frame is said to hold: 8 bytes each, a little more than half of a chunk of 256 kB, which leaves room
# for some five hundred frames of usual size.
SLOTS = 16_500


def with_room(call: Callable) -> Callable:
    """The function of one argument, all calls of which find their place in one chunk."""

    def roomy(argument):
        return call(argument)

    roomy.__code__ = roomy.__code__.replace(co_stacksize=SLOTS)
    return roomy


def room_middleware(get_response):
    """The outermost middleware: everything that answers is called by it, in one thread."""
    return with_room(get_response)
