"""What the page shell shows on every page: who is signed in, for which organisation, and where they may go."""

from dataclasses import dataclass

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject, cached_property

from accounts.access import allowed
from accounts.middleware import organisation_for
from accounts.notices.unread import unread_count, unread_words
from accounts.people.flags import Flag, is_on
from accounts.people.preferences import preferences_of
from accounts.permissions import Permission
from accounts.sessions.presenters import owner_of
from accounts.sessions.store import SessionStore

from .help import topic_for
from .help.glossary import term
from .open_data_pages import OPEN_DATA_PAGES

# Text, URL name, permission (None: everybody who is signed in), prefix that marks the item as current.
NAVIGATION = [
    ("Home", "home", None, "/"),
    ("Explore", "explore-start", Permission.VIEW_AREAS, "/explore/"),
    ("Scenarios", "scenarios", Permission.EDIT_SCENARIOS, "/scenarios/"),
    ("Data", "data", Permission.VIEW_AREAS, "/data/"),
    ("My round", "my-round", Permission.VIEW_OWN_ROUND, "/round/"),
    ("Plans", "plans", Permission.VIEW_PLANS, "/plans/"),
    ("Teams", "teams", Permission.MANAGE_TEAMS, "/teams/"),
    ("Insights", "insights", Permission.VIEW_AREAS, "/insights/"),
    ("Reports", "reports", Permission.VIEW_AREAS, "/reports/"),
    ("Ask", "ask", Permission.VIEW_AREAS, "/ask/"),
    ("Members", "members", Permission.MANAGE_MEMBERS, "/members/"),
    ("API keys", "api-keys", Permission.MANAGE_API_KEYS, "/api-keys/"),
    ("Audit", "audit", Permission.VIEW_AUDIT, "/audit/"),
    ("Organisations", "organisations", Permission.MANAGE_ORGANISATIONS, "/organisations/"),
    ("Administration", "admin:index", Permission.USE_ADMIN, "/admin/"),
]
# Items that an organisation may be without.
FEATURES = {"scenarios": Flag.SCENARIOS, "ask": Flag.ASK}
# Items that are nothing without an organisation, also for those who may look at areas without one.
WITHIN_ORGANISATION = {"ask"}
# Pages outside the prefix of the item that they belong to.
RELATED = {
    "/areas/": "explore-start",
    "/compare/": "explore-start",
    "/search/": "explore-start",
    "/priorities/": "explore-start",
    "/equity/": "plans",
    "/weeks/": "plans",
    "/mileage/": "my-round",
    "/roles/": "members",
    "/organisation/": "members",
    "/people/": "organisations",
    "/webhooks/": "members",
    "/files/": "reports",
}


@dataclass(frozen=True)
class NavigationItem:
    text: str
    href: str
    is_current: bool


@dataclass(frozen=True)
class Appearance:
    """`data-theme` and `data-text-size` of the page; `system` follows the machine."""

    theme: str = "system"
    text_size: str = "100"


class Shell:
    """Read by `layouts/page.html`; costs nothing on pages that do not show it."""

    def __init__(self, request):
        self.request = request
        self.user = getattr(request, "user", None)
        self.is_signed_in = bool(self.user is not None and self.user.is_authenticated)
        self.is_demo = settings.DEMO_MODE

    @property
    def organisation(self):
        # Unknown addresses reach no view, so the middleware has not decided yet.
        known = getattr(self.request, "organisation", None)
        return known or (organisation_for(self.request, self.user) if self.is_signed_in else None)

    @cached_property
    def appearance(self) -> Appearance:
        """Theme and text size, written into the page by the server: no script, and nothing flashes."""
        chosen = preferences_of(self.user if self.is_signed_in else None)
        return Appearance(chosen.theme, chosen.text_size)

    @cached_property
    def unread(self) -> int:
        """Notifications that the person has not read: at most one more than are told apart, a minute old."""
        return unread_count(self.user) if self.is_signed_in else 0

    @property
    def unread_words(self) -> str:
        return unread_words(self.unread)

    @property
    def more_unread(self) -> bool:
        """Whether there are more than the page knew of that asks again (`seen`)."""
        seen = self.request.GET.get("seen", "")
        return seen.isascii() and seen.isdigit() and self.unread > int(seen[:6])

    @property
    def help_address(self) -> str:
        """Help with this very page; all of the help where the page has no topic, as an address that does not exist."""
        topic = self._topic()
        return reverse("help-topic", args=[topic.slug]) if topic else reverse("help")

    @property
    def help_words(self) -> list:
        """Words of this page that the glossary explains."""
        topic = self._topic()
        return [term(name) for name in topic.words] if topic else []

    @property
    def shows_open_data(self) -> bool:
        match = getattr(self.request, "resolver_match", None)
        return self.is_signed_in and match is not None and match.view_name in OPEN_DATA_PAGES

    @property
    def has_feedback_form(self) -> bool:
        """Everywhere but on the page that is the form itself."""
        return self.is_signed_in and self.request.path != reverse("feedback")

    def _topic(self):
        match = getattr(self.request, "resolver_match", None)
        return topic_for(match.view_name) if match else None

    @property
    def session_end(self) -> dict | None:
        """What static/src/js/session_end.js must know; None where nobody is signed in through a session of ours."""
        session = getattr(self.request, "session", None)
        if not self.is_signed_in or not isinstance(session, SessionStore):
            return None
        left, longest = session.seconds_left()
        hours = settings.SESSION_LONGEST_SECONDS // 3600
        return {"left": left, "longest": longest, "owner": owner_of(self.user), "hours": hours}

    @property
    def has_ask_beside(self) -> bool:
        """Whether questions can be asked beside this page: where Ask is among the reader's pages, and not on it."""
        ask = _address("ask")
        return any(item.href == ask and not item.is_current for item in self.navigation)

    @cached_property
    def navigation(self) -> list[NavigationItem]:
        if not self.is_signed_in:
            return []
        organisation = self.organisation
        current = self._current()
        items = []
        for text, name, permission, _prefix in NAVIGATION:
            href = _address(name)
            if name in FEATURES and not is_on(FEATURES[name], organisation):
                continue
            if name in WITHIN_ORGANISATION and organisation is None:
                continue
            if href and (permission is None or allowed(self.user, permission, organisation)):
                items.append(NavigationItem(text, href, name == current))
        return items

    def _current(self) -> str | None:
        path = self.request.path
        for prefix, name in RELATED.items():
            if path.startswith(prefix):
                return name
        matches = [(prefix, name) for _, name, _, prefix in NAVIGATION if path.startswith(prefix)]
        prefix, name = max(matches, default=("", None))
        return name if prefix != "/" or path == "/" else None


def _address(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def shell(request):
    """Context processor."""
    return {"shell": SimpleLazyObject(lambda: Shell(request))}
