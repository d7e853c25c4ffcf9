"""Downloads in the API: `/api/v1/exports/areas/csv/` and its siblings, with the parameters of the Explore page."""

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import exceptions, viewsets
from rest_framework.decorators import action

from accounts.access import HasPermission, request_organisation
from accounts.permissions import Permission

from . import api_dashboard, api_saved_views
from .exports import AreaExport, UnknownIndicator, UnknownKind, exported

PARAMETERS = [
    OpenApiParameter("patch", str, description="short name of a patch of your organisation, or `all`"),
    OpenApiParameter("priority", int, many=True, description="0 routine to 3 urgent; several may be named"),
    OpenApiParameter("core20", bool, description="1: only the most deprived fifth of areas"),
    OpenApiParameter("authority", str, many=True, description="codes of local authorities"),
    OpenApiParameter("range", str, many=True, description="bounds of a figure, e.g. `imd_score:40:`"),
    OpenApiParameter("q", str, description="part of a name, or a code"),
    OpenApiParameter("sort", str, description="e.g. `-priority`, `name`, `imd_score`"),
    OpenApiParameter("indicator", str, many=True, description="codes of the figures wanted; none: all"),
    OpenApiParameter("notes", str, description="0: a CSV without the notes above its table"),
]


class AreaExportViewSet(viewsets.ViewSet):
    """Areas with their figures, priorities, sources, licences and filters as one streamed file."""

    permission_classes = [HasPermission.of(Permission.EXPORT_AREAS)]

    @extend_schema(parameters=PARAMETERS, responses={(200, "*/*"): OpenApiTypes.BINARY})
    @action(detail=False, url_path="areas/(?P<kind>csv|figures|geojson|gpkg)", url_name="areas")
    def areas(self, request, kind):
        """`csv`: one row for each area. `figures`: one row for each figure. `geojson`, `gpkg`: with boundaries."""
        data = request.query_params
        organisation = request_organisation(request)
        try:
            export = AreaExport.from_querydict(data, organisation, kind)
        except (UnknownKind, UnknownIndicator) as error:
            raise exceptions.ValidationError({"indicator": str(error)}) from error
        if export.query.problems:
            raise exceptions.ValidationError({"query": list(export.query.problems)})
        if not export.contents.keys:
            raise exceptions.NotFound("No area fits.")
        return exported(request._request, export, by=request.user, organisation=organisation)


def register(router) -> None:
    """Add the routes of this package to the API's router."""
    router.register("exports", AreaExportViewSet, basename="api-export")
    api_dashboard.register(router)
    api_saved_views.register(router)
