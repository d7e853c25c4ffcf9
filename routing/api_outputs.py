"""REST: the files of a plan. The same permissions and the same makers as the pages."""

from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.permissions import BasePermission

from accounts.access import HasPermission, request_organisation
from accounts.people.flags import Flag, is_on
from accounts.permissions import Permission

from . import services
from .api import Conflict
from .api_plans import AnyAnswer, OfPlanViewSet
from .models import StaffMember
from .outputs.access import may_ask_for_rounds, may_see_home, may_see_round
from .outputs.contents import NoRoutes, PlanContents
from .outputs.files import PLAN_KINDS, ROUND_KINDS, plan_file, round_file
from .views.outputs import attachment

FILE = {
    # A file; its Content-Type says of which kind.
    (200, "*/*"): OpenApiTypes.BINARY,
    409: OpenApiResponse(description="The plan, or the person in it, has no routes."),
}


class MaySeeSomeRound(BasePermission):
    """Those who see plans, and field staff, who see their own round of a published plan."""

    def has_permission(self, request, view):
        return request.user.is_authenticated and may_ask_for_rounds(request.user, request_organisation(request))


def round_asked_for(request, plan, staff):
    """(the person, their day in the plan). NotFound or Http404 for what the caller may not see, Conflict where the
    person has no route.
    """
    people = StaffMember.objects.for_organisation(request_organisation(request))
    person = get_object_or_404(people, pk=staff)
    if not may_see_round(request.user, plan, person):
        raise NotFound
    try:
        return person, PlanContents(plan).round_of(person)
    except NoRoutes as error:
        raise Conflict(str(error)) from error


class PlanFileViewSet(OfPlanViewSet):
    """A plan as files."""

    permission_classes = [HasPermission.of(Permission.VIEW_PLANS)]
    content_negotiation_class = AnyAnswer

    @extend_schema(
        parameters=[OpenApiParameter("notes", str, description="0: the CSV without the notes above its table")],
        responses=FILE,
    )
    @action(detail=True, url_path=f"files/(?P<kind>{'|'.join(PLAN_KINDS)})", url_name="file")
    def file(self, request, pk=None, kind=""):
        """`stops`: CSV of everybody's stops. `problem`, `solution`: the planner's contract, as check_plan reads it."""
        plan = self.get_object()
        options = {"notes": request.query_params.get("notes") != "0"} if kind == "stops" else {}
        try:
            file = plan_file(PlanContents(plan), kind, **options)
        except NoRoutes as error:
            raise Conflict(str(error)) from error
        services.note_file_taken(plan=plan, kind=kind, by=request.user)
        return attachment(file)


class RoundFileViewSet(OfPlanViewSet):
    """One person's day in a plan as files."""

    permission_classes = [MaySeeSomeRound]
    content_negotiation_class = AnyAnswer

    @extend_schema(
        parameters=[OpenApiParameter("staff", OpenApiTypes.UUID, OpenApiParameter.PATH)],
        responses=FILE,
    )
    @action(
        detail=True,
        url_path=f"rounds/(?P<staff>[0-9a-f-]{{36}})/(?P<kind>{'|'.join(ROUND_KINDS)})",
        url_name="file",
    )
    def round_file(self, request, pk=None, staff="", kind=""):
        """`calendar`: iCalendar. `gpx`: stops and track. Field staff: their own round of a published plan only."""
        if kind == "calendar" and not is_on(Flag.CALENDAR_FILES, request_organisation(request)):
            raise NotFound
        plan = self.get_object()
        person, day = round_asked_for(request, plan, staff)
        day.shows_home = may_see_home(request.user, request_organisation(request), person)
        services.note_file_taken(plan=plan, kind=kind, by=request.user, staff=person)
        return attachment(round_file(day, kind))


def register(router):
    """Adds these routes to the API root."""
    router.register("route-plans", PlanFileViewSet, basename="api-plan")
    router.register("route-plans", RoundFileViewSet, basename="api-plan-round")
