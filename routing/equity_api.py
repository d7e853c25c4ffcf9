"""REST: the equity of a plan, a week or four weeks."""

from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts import audit
from accounts.access import HasPermission, request_organisation
from accounts.permissions import Permission

from .equity_forms import PERIODS, PeriodForm
from .equity_reading import equity_of_period
from .readings import people_in_figures


class EquityViewSet(viewsets.ViewSet):
    """All equity measures of a team's plans, under the small-number rule: counts are 0 or rounded to 5; what must
    not be told is null, with `suppressed: "small_number_rule"`.
    """

    permission_classes = [HasPermission.of(Permission.VIEW_PLANS)]

    @extend_schema(
        parameters=[
            OpenApiParameter("team", OpenApiTypes.UUID, description="Left out: the first team by name."),
            OpenApiParameter("period", enum=[value for value, _ in PERIODS], description="Left out: week."),
            OpenApiParameter("day", OpenApiTypes.DATE, description="A day of the week that is meant."),
            OpenApiParameter("plan", OpenApiTypes.UUID, description="For the period of one plan."),
        ],
        responses={200: OpenApiTypes.OBJECT},
    )
    def list(self, request):
        """The figures of one period."""
        form = PeriodForm(request.query_params, organisation=request_organisation(request))
        if not form.is_valid():
            raise ValidationError(form.errors)
        if form.cleaned_data["asked"] is None:
            raise ValidationError({"day": ["No plan has been approved yet: name a day or a plan."]})
        found = equity_of_period(form.cleaned_data["asked"])
        shown = people_in_figures(found.loads.by_staff, request_organisation(request))
        audit.record_reading(request, "equity", shown)
        return Response(found.as_dict())


def register(router):
    """Adds these routes to the API root."""
    router.register("equity", EquityViewSet, basename="equity-measures")
