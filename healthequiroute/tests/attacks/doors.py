"""Every address of the portal with the things of the attacked organisation in it, and ways to knock at it."""

from urllib.parse import urlencode

from django.db import transaction
from django.test import Client
from django.urls import reverse

from ..test_access_matrix import named_patterns, rows

# Probes answer 503 here, the demo's door is shut, and these three come from allauth with a session in between.
LEFT_OUT = {"health-ready", "account_logout"}


def names(*, admin=False) -> list[str]:
    """Names of all addresses, without those of the Django admin unless they are asked for."""
    found = {name for name, _ in named_patterns()}
    return sorted(name for name in found - LEFT_OUT if admin == name.startswith("admin:"))


def address(world, name, **asked) -> str:
    """The address with the arguments and the question under which it has something to say."""
    path = reverse(name, kwargs=world.arguments(name))
    question = urlencode(world.question(name) | asked)
    return f"{path}?{question}" if question else path


def owned_names() -> set[str]:
    """Addresses of things that belong to an organisation: the matrix hides them from members of another one."""
    return {name for _, name, cells in rows() if cells["outsider"] == "hid"}


def refused_names() -> set[str]:
    """Addresses for which every role of another organisation is not enough: those of the platform's administrators."""
    seen = {}
    for _, name, cells in rows():
        seen.setdefault(name, set()).add(cells["outsider"])
    return {name for name, cells in seen.items() if cells == {"no"}}


class _Undo(Exception):
    pass


def knock(client: Client, method: str, path: str, body: dict | None = None, **more):
    """The answer, read to its end; what it wrote is taken back, so that knocks do not influence each other."""
    answers = []
    try:
        with transaction.atomic():
            data = urlencode(body or {})
            answer = client.generic(method, path, data, "application/x-www-form-urlencoded", **more)
            answer.text_sent = content_of(answer)
            answers.append(answer)
            raise _Undo
    except _Undo:
        return answers[0]


def content_of(answer) -> str:
    if not answer.streaming:
        return answer.content.decode("utf-8", "replace")
    if getattr(answer, "is_async", False):
        # A stream of progress: tested by its own means.
        return ""
    return answer.getvalue().decode("utf-8", "replace")
