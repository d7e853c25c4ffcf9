"""REST: the equity of a plan, a week or four weeks."""

from drf_spectacular.utils import OpenApiParameter, OpenApiTypes, extend_schema
from rest_framework import viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.access import HasPermission, request_organisation
from accounts.permissions import Permission

from .equity_forms import PERIODS, PeriodForm
from .equity_reading import equity_of_period


class EquityViewSet(viewsets.ViewSet):
    """All equity measures of a team's plans. Groups of fewer than five visits are null and `hidden`."""

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
        return Response(equity_of_period(form.cleaned_data["asked"]).as_dict())


def register(router):
    """Adds these routes to the API root."""
    router.register("equity", EquityViewSet, basename="equity-measures")
