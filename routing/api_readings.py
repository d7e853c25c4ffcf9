"""REST: what pages show of a plan and of mileage. The same permissions, the same rules and the same makers."""

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import BasePermission

from accounts import audit
from accounts.access import HasPermission, allowed, request_organisation
from accounts.list_files.csv_file import csv_pieces
from accounts.list_files.streaming import download
from accounts.permissions import Permission

from . import services
from .api import Conflict
from .api_outputs import MaySeeSomeRound, round_asked_for
from .api_plans import AnyAnswer, OfPlanViewSet, answer_with_etag
from .civil_time import today
from .lists.teams import mileage_list
from .models import StaffMember
from .outputs.access import may_see_home
from .outputs.contents import NoRoutes, PlanContents
from .outputs.names import file_name
from .outputs.readings import actual_of, run_sheet_of
from .own_rounds import own_staff
from .presenters import rounds_of, route_features
from .presenters.mileage import MileagePage, NoSuchMonth, month_of
from .presenters.timeline import Timeline
from .reading_schemas import (
    ACTUAL_EXAMPLE,
    MILEAGE_EXAMPLE,
    ROUTES_EXAMPLE,
    RUN_SHEET_EXAMPLE,
    ActualSerializer,
    MileageSerializer,
    RunSheetSerializer,
)

NO_ROUTES = OpenApiResponse(description="The plan, or the person in it, has no routes.")
UNCHANGED = OpenApiResponse(description="As If-None-Match has it.")
SVG = (200, "image/svg+xml")
GEOJSON = (200, "application/geo+json")


class PlanReadingViewSet(OfPlanViewSet):
    """A plan as its pages show it."""

    permission_classes = [HasPermission.of(Permission.VIEW_PLANS)]
    content_negotiation_class = AnyAnswer

    @extend_schema(responses={GEOJSON: OpenApiTypes.OBJECT, 304: UNCHANGED}, examples=[ROUTES_EXAMPLE])
    @action(detail=True, url_path="routes", url_name="routes")
    def routes(self, request, pk=None):
        """Routes as GeoJSON (RFC 7946): a line or more for each person, a point for each stop, base and visit left out.
        Homes, and the ways from and to them, are for those who keep the team.
        """
        plan = self.get_object()
        shows_homes = may_see_home(request.user, request_organisation(request))
        features = route_features(plan, rounds_of(plan), shows_homes=shows_homes)
        return answer_with_etag(request, features, "application/geo+json")

    @extend_schema(
        responses={SVG: OpenApiTypes.STR, 304: UNCHANGED, 409: NO_ROUTES},
        examples=[OpenApiExample("A picture", value="<svg ...>...</svg>", media_type="image/svg+xml")],
    )
    @action(detail=True, url_path="timeline", url_name="timeline")
    def timeline(self, request, pk=None):
        """Everybody's day as a picture (SVG), complete in itself."""
        plan = self.get_object()
        try:
            timeline = Timeline(plan, PlanContents(plan).rounds)
        except NoRoutes as error:
            raise Conflict(str(error)) from error
        content = render_to_string("routing/timeline.svg", {"timeline": timeline, "plan": plan})
        services.note_file_taken(plan=plan, kind="timeline", by=request.user)
        name = file_name(plan, "timeline", ending="svg")
        return answer_with_etag(request, content.encode(), "image/svg+xml", name=name)

    @extend_schema(responses={200: ActualSerializer, 304: UNCHANGED}, examples=[ACTUAL_EXAMPLE])
    @action(detail=True, url_path="actual", url_name="actual")
    def actual(self, request, pk=None):
        """The plan against what was recorded: every part in every visit, and totals by tier and deprivation fifth."""
        return answer_with_etag(request, actual_of(self.get_object(), now=timezone.now()), ignoring=("as_of",))


class RunSheetViewSet(OfPlanViewSet):
    """One person's day as on paper."""

    permission_classes = [MaySeeSomeRound]

    @extend_schema(
        parameters=[OpenApiParameter("staff", OpenApiTypes.UUID, OpenApiParameter.PATH)],
        responses={200: RunSheetSerializer, 304: UNCHANGED, 409: NO_ROUTES},
        examples=[RUN_SHEET_EXAMPLE],
    )
    @action(detail=True, url_path="rounds/(?P<staff>[0-9a-f-]{36})/sheet", url_name="sheet")
    def sheet(self, request, pk=None, staff=""):
        """The run sheet. Field staff: their own of a published plan only."""
        plan = self.get_object()
        person, day = round_asked_for(request, plan, staff)
        services.note_file_taken(plan=plan, kind="run_sheet", by=request.user, staff=person)
        return answer_with_etag(request, run_sheet_of(day))


class MaySeeSomeMileage(BasePermission):
    """Those who keep teams, and field staff, who see their own."""

    def has_permission(self, request, view):
        organisation = request_organisation(request)
        asked = (Permission.MANAGE_TEAMS, Permission.VIEW_OWN_ROUND)
        return request.user.is_authenticated and any(allowed(request.user, each, organisation) for each in asked)


class MileageViewSet(viewsets.ViewSet):
    """Mileage of a month: everybody's for those who keep teams, one's own for field staff."""

    permission_classes = [MaySeeSomeMileage]
    content_negotiation_class = AnyAnswer
    MONTH = OpenApiParameter("month", str, description="YYYY-MM; left out: this month")

    @extend_schema(parameters=[MONTH], responses={200: MileageSerializer}, examples=[MILEAGE_EXAMPLE])
    def list(self, request):
        """By person and day."""
        page = self._page(request)
        return answer_with_etag(request, page.as_dict())

    @extend_schema(
        parameters=[MONTH],
        responses={(200, "text/csv"): OpenApiTypes.STR},
        examples=[OpenApiExample("Header line", value="person,reference,team,day,...", media_type="text/csv")],
    )
    @action(detail=False, url_path="csv", url_name="csv")
    def csv(self, request) -> HttpResponse:
        """The same as a table for claims, one line for each round."""
        page = self._page(request)
        listed = mileage_list(page)
        return download(request._request, csv_pieces(listed, notes=False), listed.file_name("csv"))

    def _page(self, request) -> MileagePage:
        organisation = request_organisation(request)
        is_own = not allowed(request.user, Permission.MANAGE_TEAMS, organisation)
        people = StaffMember.objects.for_organisation(organisation).filter(only_in__isnull=True)
        if is_own:
            people = own_staff(request.user, organisation)
        try:
            page = MileagePage(people, month_of(request.query_params.get("month", ""), today()), is_own=is_own)
        except NoSuchMonth as error:
            raise ValidationError({"month": [f"Expected a month such as 2026-11, found {error}."]}) from error
        if not is_own:
            audit.record_reading(request, "mileage", list(page.lines))
        return page


def register(router):
    """Adds these routes to the API root."""
    router.register("route-plans", PlanReadingViewSet, basename="api-plan-reading")
    router.register("route-plans", RunSheetViewSet, basename="api-plan-run")
    router.register("mileage", MileageViewSet, basename="api-mileage")
