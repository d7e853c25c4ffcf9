"""Rows of links above pages that belong together: data, insights."""

from typing import NamedTuple

from django.urls import reverse

from .access import allowed
from .permissions import Permission


class PageTab(NamedTuple):
    """`key`: what a page calls itself; `address`: name of the page that the tab leads to."""

    key: str
    text: str
    address: str
    permission: Permission


def tabs_for(request, tabs: list[PageTab], current: str) -> list[dict]:
    """Those that the person may follow, as `layouts/_page_tabs.html` takes them: text, href, is_current."""
    return [
        {"text": tab.text, "href": reverse(tab.address), "is_current": tab.key == current}
        for tab in tabs
        if allowed(request.user, tab.permission, request.organisation)
    ]
