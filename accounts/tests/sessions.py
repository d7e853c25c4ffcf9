"""Signed-in test clients: who they are, and what they have proved."""

from types import SimpleNamespace

from accounts.sessions.marks import CONFIRMED, SECOND_FACTOR, set_mark

BACKEND = "django.contrib.auth.backends.ModelBackend"


def sign_in(client, user) -> None:
    """As after the sign-in page, with a second factor shown and the person confirmed just now."""
    client.force_login(user, backend=BACKEND)
    session = client.session
    for mark in (SECOND_FACTOR, CONFIRMED):
        set_mark(SimpleNamespace(session=session), mark, user)
    session.save()


def change_session(client, **values) -> None:
    """Put values into the client's session; None removes one: `change_session(client, confirmed=None)`."""
    session = client.session
    for name, value in values.items():
        if value is None:
            session.pop(name, None)
        else:
            session[name] = value
    session.save()
