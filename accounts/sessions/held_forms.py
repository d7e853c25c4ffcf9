"""A form that came when its sender had to confirm first that it is them: kept in the session, and sent by one button.

Nothing typed is lost, without JavaScript too; and nothing is changed by the confirmation alone, since what is sent
goes the ordinary way once more, with a form token of its own.
"""

import time

from django.conf import settings
from django.urls import reverse

KEY = "held_form"
# Never kept: the token of the form, and what proves who somebody is.
NEVER = {"csrfmiddlewaretoken"}
SECRETS = ("password", "code", "credential", "secret", "token")
# More than this is a file or a mistake, and does not belong into a session.
MOST_CHARACTERS = 50_000


def hold(request) -> str:
    """Keep what was posted; returns the path to go on to after the confirmation.

    A form with files, with secrets or of great length is not kept: its own page, empty, comes instead.
    """
    fields = [(name, value) for name, values in request.POST.lists() if name not in NEVER for value in values]
    if request.FILES or _is_secret(fields) or sum(len(value) for _, value in fields) > MOST_CHARACTERS:
        return request.path
    request.session[KEY] = {"path": request.get_full_path(), "fields": fields, "at": time.time()}
    return reverse("held-form")


def held(request) -> dict | None:
    """What is held: {"path", "fields": [[name, value], ...]}; None where nothing is, or it is too old."""
    kept = request.session.get(KEY)
    if kept is not None and time.time() - kept["at"] > settings.STEP_UP_SECONDS:
        drop(request)
        return None
    return kept


def drop(request) -> None:
    """It was sent, or is of no use any more."""
    if KEY in request.session:
        del request.session[KEY]


def _is_secret(fields) -> bool:
    return any(word in name.lower() for name, _ in fields for word in SECRETS)
