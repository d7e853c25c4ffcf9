"""Where the portal may open after signing in: the pages of the navigation, each with the right that it needs."""

from accounts.people.preferences import LandingPage

from .context import FEATURES, NAVIGATION


def landing_pages() -> list[LandingPage]:
    """In the order of the navigation. Home is where everybody lands who chose nothing."""
    return [
        LandingPage(name, text, permission, FEATURES.get(name))
        for text, name, permission, _prefix in NAVIGATION
        if name != "home"
    ]
