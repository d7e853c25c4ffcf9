"""Saved views: the menu on a page, and the list of all of them."""

from dataclasses import dataclass
from functools import cached_property

from django.urls import NoReverseMatch, reverse

from ..models import DefaultView, SavedView, ViewPage
from ..query import PriorityQuery
from ..saved_views.addresses import page_address
from . import wording

MENU_SHOWN = 8


@dataclass(frozen=True)
class ViewRow:
    """`whose`: no name of a colleague, since the list needs none."""

    view: SavedView
    url: str
    page: str
    whose: str
    changed: str
    is_own: bool
    opens_first: bool


def rows_of(user, organisation) -> list[ViewRow]:
    """One's own and shared views, by name; those of pages that are not there are left out."""
    first = set(DefaultView.objects.for_organisation(organisation).of(user).values_list("view", flat=True))
    views = SavedView.objects.visible_to(user, organisation).order_by("name", "created_at")
    found = [_row(view, user, view.pk in first) for view in views]
    return [row for row in found if row is not None]


def _row(view: SavedView, user, opens_first: bool) -> ViewRow | None:
    try:
        url = page_address(view.page, view.query)
    except NoReverseMatch:
        return None
    own = view.owner_id == user.pk
    shared = "Shared by you" if own else "Shared by a colleague" if view.owner_id else "Shared, its maker has left"
    return ViewRow(
        view=view,
        url=url,
        page=ViewPage(view.page).label,
        whose=shared if view.is_shared else "Only you",
        changed=wording.day(view.changed_at),
        is_own=own,
        opens_first=opens_first,
    )


class ViewsMenu:
    """What a page offers about views: saving the present one, and opening others."""

    def __init__(self, user, organisation, *, page: str, query: str, link: str):
        self.user, self.organisation, self.page, self.query, self.link = user, organisation, page, query, link

    @classmethod
    def of(cls, request, query: PriorityQuery) -> "ViewsMenu | None":
        """For Explore; None for people without an organisation, who have nobody to keep it with."""
        if request.organisation is None:
            return None
        text = query.changed(page=1).to_querystring()
        link = request.build_absolute_uri(page_address(ViewPage.EXPLORE, text))
        return cls(request.user, request.organisation, page=ViewPage.EXPLORE.value, query=text, link=link)

    @cached_property
    def rows(self) -> list[ViewRow]:
        return [row for row in rows_of(self.user, self.organisation) if row.view.page == self.page]

    @property
    def shown(self) -> list[ViewRow]:
        return self.rows[:MENU_SHOWN]

    @property
    def current(self) -> ViewRow | None:
        """The view that this address is, if it is one."""
        return next((row for row in self.rows if row.view.query == self.query), None)

    @property
    def list_url(self) -> str:
        return reverse("saved-views")


class SavedViewsPage:
    def __init__(self, user, organisation):
        self.rows = rows_of(user, organisation)

    @property
    def own(self) -> list[ViewRow]:
        return [row for row in self.rows if row.is_own]

    @property
    def others(self) -> list[ViewRow]:
        return [row for row in self.rows if not row.is_own]
