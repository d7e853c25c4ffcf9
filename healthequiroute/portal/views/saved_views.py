"""Saved views: keeping, listing, renaming, sharing, deleting, opening first."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import undo
from accounts.access import requires
from accounts.people.preferences import preferences_of
from accounts.permissions import Permission

from ..models import DefaultView, SavedView, ViewPage
from ..presenters.saved_views import SavedViewsPage
from ..query import PriorityQuery
from ..saved_views import services
from ..saved_views.addresses import page_address
from ..saved_views.undoing import KIND


@never_cache
@require_safe
@requires(Permission.VIEW_AREAS)
def saved_views(request):
    page = SavedViewsPage(request.user, request.organisation)
    return render(request, "portal/saved_views.html", {"page": page})


@never_cache
@require_safe
@requires(Permission.VIEW_AREAS)
def explore_start(request):
    """Explore as it opens first for this person."""
    first = (
        DefaultView.objects.for_organisation(request.organisation)
        .of(request.user)
        .filter(page=ViewPage.EXPLORE)
        .select_related("view")
        .first()
    )
    if first:
        return redirect(page_address(first.page, first.view.query))
    query = PriorityQuery(patch=preferences_of(request.user).default_patch).to_querystring()
    return redirect(reverse("explore") + (f"?{query}" if query else ""))


@require_POST
@requires(Permission.VIEW_AREAS)
def save_view(request):
    """Keep the address that the form names; back to it, or to the form with what is wrong."""
    entered = {name: request.POST.get(name, "") for name in ("page", "query", "name")}
    is_shared = request.POST.get("is_shared") == "on"
    try:
        view = services.save_view(**entered, is_shared=is_shared, organisation=request.organisation, by=request.user)
    except ValidationError as error:
        context = {"entered": entered, "is_shared": is_shared, "errors": _errors(error), "back": _back(entered)}
        return render(request, "portal/save_view.html", context, status=422)
    whom = "Everybody in your organisation can open it." if is_shared else "Only you see it."
    messages.success(request, f"The view “{view.name}” is saved. {whom}")
    return redirect(page_address(view.page, view.query))


@require_POST
@requires(Permission.VIEW_AREAS)
def change_view(request, pk):
    """Rename, share, or keep to oneself: one's own view."""
    view = _own(request, pk)
    changes = {}
    if "name" in request.POST:
        changes["name"] = request.POST["name"]
    if "is_shared" in request.POST:
        changes["is_shared"] = request.POST["is_shared"] == "1"
    try:
        view = services.change_view(view=view, by=request.user, **changes)
    except ValidationError as error:
        context = {
            "page": SavedViewsPage(request.user, request.organisation),
            "errors": _errors(error),
            "wrong": view.pk,
        }
        return render(request, "portal/saved_views.html", context | {"entered": changes}, status=422)
    messages.success(request, f"The view “{view.name}” is changed.")
    return redirect("saved-views")


@require_POST
@requires(Permission.VIEW_AREAS)
def delete_view(request, pk):
    view = _own(request, pk)
    back = reverse("saved-views")
    done = f"The view “{view.name}” is back."
    with undo.keeping(request, kind=KIND, thing=view, back=back, done=done) as kept:
        services.delete_view(view=view, by=request.user)
    messages.success(request, f"The view “{view.name}” is deleted.", extra_tags=kept.tag)
    return redirect(back)


@require_POST
@requires(Permission.VIEW_AREAS)
def open_first(request, pk):
    """Open this view first, or (`first=0`) none."""
    view = get_object_or_404(SavedView.objects.visible_to(request.user, request.organisation), pk=pk)
    if request.POST.get("first") == "0":
        services.open_plainly(organisation=request.organisation, page=view.page, by=request.user)
        messages.success(request, f"{ViewPage(view.page).label} opens without a saved view again.")
    else:
        services.open_first(view=view, by=request.user)
        messages.success(request, f"{ViewPage(view.page).label} now opens with “{view.name}”.")
    return redirect("saved-views")


def _own(request, pk) -> SavedView:
    return get_object_or_404(SavedView.objects.for_organisation(request.organisation).of(request.user), pk=pk)


def _errors(error: ValidationError) -> dict[str, list[str]]:
    return error.message_dict if hasattr(error, "error_dict") else {"name": error.messages}


def _back(entered) -> str:
    try:
        return page_address(entered["page"], entered["query"])
    except (ValueError, NoReverseMatch):
        return reverse("explore")
