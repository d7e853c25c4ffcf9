"""One box for everything: a page that works alone, and suggestions while somebody types."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.access import requires
from accounts.permissions import Permission
from lsoa.search import KINDS
from lsoa.search import search as search_everything
from lsoa.search.throttle import SearchThrottle

from ..presenters.search import MOST_SUGGESTIONS, SearchPage, suggestions

TOO_MANY = 429
# Of each kind; of one kind alone.
FEW, MANY = 10, 100


@require_safe
@requires(Permission.VIEW_AREAS)
def search(request):
    """Everything that fits, by kind. What can only mean one area leads straight to its page."""
    kind = request.GET.get("kind", "")
    kinds = [kind] if kind in KINDS else None
    if not SearchThrottle().allow_request(request, None):
        return render(request, "portal/search.html", {"page": SearchPage.too_many()}, status=TOO_MANY)
    answer = search_everything(
        request.GET.get("q", ""), organisation=request.organisation, kinds=kinds, limit=MANY if kinds else FEW
    )
    page = SearchPage(answer, kind=kind if kinds else "")
    if page.only_area:
        return redirect("area", code=page.only_area)
    return render(request, "portal/search.html", {"page": page, "search_text": answer.text})


@require_safe
@requires(Permission.VIEW_AREAS)
@cache_control(private=True, max_age=60)
def search_suggestions(request):
    """Options for the list below the box."""
    if not SearchThrottle().allow_request(request, None):
        return HttpResponse(status=TOO_MANY)
    answer = search_everything(request.GET.get("q", ""), organisation=request.organisation, limit=MOST_SUGGESTIONS)
    # A page with a map has two boxes; their options must not share ids.
    list_id = slugify(request.GET.get("list", "")) or "area-search"
    context = {"options": suggestions(answer), "is_question": bool(answer.text), "list_id": list_id}
    return render(request, "portal/_search_suggestions.html", context)
