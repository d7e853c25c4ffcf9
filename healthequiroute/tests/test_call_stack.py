"""Calls within a request find their place in memory that is there."""

import resource

from healthequiroute.serving.call_stack import with_room

DEPTHS, CALLS = range(10, 300), 200


def nothing():
    return None


def at_depth(depth: int):
    if depth:
        return at_depth(depth - 1)
    for _ in range(CALLS):
        nothing()
    return None


def pages_taken(_=None) -> int:
    """How often the process had to be given memory while calls were made at many depths."""
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    for depth in DEPTHS:
        at_depth(depth)
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before


def test_calls_take_no_memory_again_and_again_at_any_depth():
    # Some of the depths stand at the end of a chunk, whatever called the test: there each call takes one.
    assert pages_taken() > CALLS
    assert with_room(pages_taken)(None) < CALLS


def test_it_answers_as_without():
    assert with_room(lambda name: name.upper())("route") == "ROUTE"


def test_every_request_has_it(settings):
    assert settings.MIDDLEWARE[0] == "healthequiroute.serving.call_stack.room_middleware"
