"""What people choose for themselves: theme, text size, the page after signing in, and their patch.

Every page asks for the first two, so they are kept in the cache. Which pages somebody may land on is known above this
app: whoever has pages registers them (`register_landing_pages`), each with the right that it needs.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.cache import cache
from django.db import transaction
from django.urls import reverse

from .. import audit
from ..access import allowed
from ..models import Organisation, Preferences, User
from ..permissions import Permission
from .flags import Flag, is_on

FIELDS = ("theme", "text_size", "landing_page", "default_patch")
KEPT_SECONDS = 300


@dataclass(frozen=True)
class LandingPage:
    """A page where the portal may open: its URL name, its words, and the right and feature that it needs."""

    name: str
    text: str
    permission: Permission | None = None
    flag: Flag | None = None

    def is_open_to(self, user: User, organisation: Organisation | None) -> bool:
        if self.flag is not None and not is_on(self.flag, organisation):
            return False
        return self.permission is None or allowed(user, self.permission, organisation)


landing_pages: dict[str, LandingPage] = {}


def register_landing_pages(pages: Iterable[LandingPage]) -> None:
    landing_pages.update({page.name: page for page in pages})


def landing_pages_of(user: User, organisation: Organisation | None) -> list[LandingPage]:
    """Where this person may land, in the order of the navigation."""
    return [page for page in landing_pages.values() if page.is_open_to(user, organisation)]


def landing_address(user: User, organisation: Organisation | None) -> tuple[str | None, str]:
    """(address of the chosen page, "") or (None, why it cannot be opened); (None, "") where nothing was chosen."""
    chosen = preferences_of(user).landing_page
    if not chosen:
        return None, ""
    page = landing_pages.get(chosen)
    if page is not None and page.is_open_to(user, organisation):
        return reverse(page.name), ""
    words = page.text if page is not None else "The page that you chose"
    return (
        None,
        f"{words} cannot be opened with your current roles, so you are on Home. Choose another page under Settings.",
    )


def preferences_of(user: User) -> Preferences:
    """The person's choices; an unsaved row with the defaults where they have not chosen. Nobody signed in: the same."""
    if user is None or not user.is_authenticated:
        return Preferences()
    values = cache.get(_key(user.pk))
    if values is None:
        values = Preferences.objects.filter(user=user).values(*FIELDS).first() or {}
        cache.set(_key(user.pk), values, KEPT_SECONDS)
    return Preferences(user=user, **values)


@transaction.atomic
def change_preferences(*, user: User, changes: dict[str, str]) -> list[str]:
    """Set some of FIELDS. Returns the names of those that are different now.

    ValueError for an unknown field; django.core.exceptions.ValidationError for a value that is none of the choices.
    The event names the fields, never the values: who needs large letters is nobody's business.
    """
    if unknown := set(changes) - set(FIELDS):
        raise ValueError(f"No preference is called {', '.join(sorted(unknown))}.")
    row, _ = Preferences.objects.select_for_update().get_or_create(user=user)
    changed = [name for name in FIELDS if name in changes and getattr(row, name) != changes[name]]
    for name in changed:
        setattr(row, name, changes[name])
    if changed:
        row.full_clean(exclude=["user"])
        row.save()
        audit.record(action="preferences.changed", by=user, target=user, details={"fields": changed})
    # Now, for what is still shown within this request; and once more when others can see the new row.
    forget(user.pk)
    transaction.on_commit(lambda: forget(user.pk))
    return changed


def forget(user_pk) -> None:
    """Before the row is read again; also when a person is erased."""
    cache.delete(_key(user_pk))


def _key(user_pk) -> str:
    return f"preferences-{user_pk}"
