"""Live feeds: what each source last said and how old that is; platform administrators keep them."""

from django.contrib import messages
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.access import allowed, requires
from accounts.list_files import asked_kind, list_file_response
from accounts.permissions import Permission

from .. import services
from ..feed_forms import FeedForm
from ..lists import feed_list
from ..models import Feed
from ..presenters.feeds import feed_board
from ..services.feeds import VERSION_KEY

# Ages in words move on by themselves: a kept page is never older than this.
KEPT_SECONDS = 15


@require_safe
@requires(Permission.VIEW_AREAS)
def feeds(request):
    context = _context(request)
    if kind := asked_kind(request):
        return list_file_response(request, feed_list(context["groups"]), kind)
    return render(request, "lsoa/feeds.html", context)


@require_safe
@requires(Permission.VIEW_AREAS)
def panel(request):
    """The part of the page that renews itself."""
    return render(request, "lsoa/_feeds_panel.html", _context(request))


@requires(Permission.LOAD_DATA)
def add(request):
    return _form(request, None)


@requires(Permission.LOAD_DATA)
def edit(request, pk):
    return _form(request, _feed(request, pk))


@require_POST
@requires(Permission.LOAD_DATA)
def switch(request, pk):
    feed = _feed(request, pk)
    feed = services.switch_feed(feed=feed, enabled=request.POST.get("enabled") == "1", by=request.user)
    said = "on. It is asked within half a minute" if feed.is_enabled else "off. Its last readings stay"
    messages.success(request, f"{feed} is switched {said}.")
    return redirect("feeds")


@require_POST
@requires(Permission.LOAD_DATA)
def collect(request, pk):
    """Ask the source now, although it is not due."""
    feed = _feed(request, pk)
    outcome = services.collect_feed(feed=feed, by=request.user, now_or_never=True)
    if outcome.state == "not_due":
        messages.error(request, f"{feed} is switched off.")
    elif outcome.ok:
        messages.success(request, f"{feed}: {outcome.message}.")
    else:
        messages.error(request, f"{feed} could not be read. {outcome.message}")
    return redirect("feeds")


def _context(request) -> dict:
    organisation = request.organisation
    key = f"feeds-board:{organisation.pk if organisation else 'platform'}:{cache.get(VERSION_KEY)}"
    groups = cache.get_or_set(key, lambda: feed_board(organisation), KEPT_SECONDS)
    return {"groups": groups, "may_edit": allowed(request.user, Permission.LOAD_DATA)}


def _feed(request, pk) -> Feed:
    """A feed for whoever keeps all of them (the views ask for that right)."""
    return get_object_or_404(Feed.objects, pk=pk)  # unscoped: platform administrators keep everybody's feeds


def _form(request, feed: Feed | None):
    posted = request.POST if request.method == "POST" else None
    form = FeedForm(posted, initial=FeedForm.initial_of(feed) if feed else None)
    if posted is not None and form.is_valid():
        try:
            if feed is None:
                saved = services.create_feed(by=request.user, **form.fields_of_feed())
            else:
                saved = services.change_feed(feed=feed, by=request.user, **form.fields_of_feed())
        except ValidationError as refusal:
            form.add_refusal(refusal)
        else:
            messages.success(request, f"{saved} is saved. It is asked within half a minute.")
            return redirect("feeds")
    status = 422 if form.is_bound and form.errors else 200
    return render(request, "lsoa/feed_form.html", {"form": form, "feed": feed}, status=status)
