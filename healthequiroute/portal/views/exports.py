"""Downloads of what Explore shows."""

from django.http import Http404
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.access import requires
from accounts.permissions import Permission
from lsoa.models import Indicator

from ..exports import AreaExport, UnknownIndicator, UnknownKind, exported
from ..presenters.downloads import DownloadPage
from ..query import PriorityQuery
from ..selection import Selection


@require_safe
@requires(Permission.VIEW_AREAS, Permission.EXPORT_AREAS)
def export_form(request):
    """Which figures, in which kind of file: for the areas that the address names."""
    query = PriorityQuery.from_querydict(request.GET)
    page = DownloadPage(query, Selection(query, request.organisation), Indicator.objects.public())
    return render(request, "portal/downloads.html", {"page": page})


@require_safe
@requires(Permission.VIEW_AREAS, Permission.EXPORT_AREAS)
def export_areas(request):
    """The file. What cannot be read is refused: a download must hold no more than was asked for."""
    query = PriorityQuery.from_querydict(request.GET)
    try:
        export = AreaExport.from_querydict(request.GET, request.organisation)
    except (UnknownKind, UnknownIndicator) as error:
        raise Http404(str(error)) from error
    if query.problems or not export.contents.keys:
        page = DownloadPage(query, export.selection, Indicator.objects.public(), nothing=not query.problems)
        return render(request, "portal/downloads.html", {"page": page}, status=400 if query.problems else 404)
    return exported(request, export, by=request.user, organisation=request.organisation)
