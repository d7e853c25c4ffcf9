"""What the parts of the API that belong to one plan have in common."""

from rest_framework import viewsets

from accounts.access import request_organisation

from .models import RoutePlan


class OfPlanViewSet(viewsets.GenericViewSet):
    """Actions on one plan of the organisation that is asked for."""

    queryset = RoutePlan.objects.none()
    pagination_class = None
    filter_backends = []

    def get_queryset(self):
        return RoutePlan.objects.for_organisation(request_organisation(self.request)).with_team()
