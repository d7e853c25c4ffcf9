"""What a session remembers of how its person proved to be who they are.

Each mark names the person: one that was set for somebody else, before another person signed in with the same browser,
counts for nothing.
"""

import time

CONFIRMED = "confirmed"
SECOND_FACTOR = "second_factor"


def set_mark(request, name: str, user) -> None:
    """`user` has proved something just now, in the session of `request`."""
    request.session[name] = {"user": str(user.pk), "at": time.time()}


def remove_mark(request, name: str) -> None:
    request.session.pop(name, None)


def seconds_since(request, name: str) -> float | None:
    """How long ago whoever is signed in set the mark; None when they have not, or without session (tokens, keys)."""
    session = getattr(request, "session", None)
    mark = session.get(name) if session is not None else None
    if not isinstance(mark, dict) or mark.get("user") != str(request.user.pk):
        return None
    return time.time() - mark["at"]
