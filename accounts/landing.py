"""The page after signing in: the one that the person chose, or Home with a word why it is not that one."""

from django.conf import settings
from django.contrib import messages
from django.shortcuts import resolve_url

from .middleware import organisation_for
from .models import User
from .people.preferences import landing_address


def landing_url(request, user: User) -> str:
    """An address of this portal. Says on the next page when the chosen one cannot be opened any more."""
    # The middleware looked before anybody was signed in.
    address, why_not = landing_address(user, organisation_for(request, user))
    if why_not:
        messages.warning(request, why_not)
    return address or resolve_url(settings.LOGIN_REDIRECT_URL)
