"""The API root: every app registers its own routes."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.permissions import IsAuthenticated
from rest_framework.routers import DefaultRouter

import accounts.credentials.api
import accounts.notices.api
import insights.api_ask
import insights.api_demand
import insights.api_outlook
import lsoa.api
import priorities.api
import routing.api
import routing.api_editing
import routing.api_outputs
import routing.api_readings
import routing.link_api
from accounts.access import request_organisation
from insights.models import ForecastRun

from .api_document.views import DocumentationView, PostmanView
from .conditional import Versioned
from .portal import api as portal_api
from .portal.api_preferences import PreferencesView
from .portal.versions import data_version


class DataVersioned(Versioned):
    """Views whose answers change with data, scores and patches alone."""

    def state(self, request):
        return data_version(request_organisation(request))


class ForecastVersioned(DataVersioned):
    """Views whose answers change with forecasts too."""

    def state(self, request):
        run = ForecastRun.objects.current().values_list("pk", flat=True).first()
        return f"{run}:{super().state(request)}"


CONDITIONAL = {
    lsoa.api.AreaViewSet: (DataVersioned, "list", "retrieve", "geojson", "within_bounds", "similar"),
    priorities.api.PriorityViewSet: (DataVersioned, "list", "history"),
    insights.api_outlook.PredictionViewSet: (ForecastVersioned, "forecast"),
    insights.api_outlook.ForecastModelViewSet: (ForecastVersioned, "list", "performance"),
}


class ApiRouter(DefaultRouter):
    """Gives views of open data their ETags; lower apps do not know what all of it hangs on."""

    def register(self, prefix, viewset, basename=None):
        if viewset in CONDITIONAL:
            versioned, *actions = CONDITIONAL[viewset]
            members = {"versioned": tuple(actions), "__doc__": viewset.__doc__, "__module__": viewset.__module__}
            viewset = type(viewset.__name__, (versioned, viewset), members)
        super().register(prefix, viewset, basename)


router = ApiRouter()
router.include_root_view = False
for module in (
    *(lsoa.api, priorities.api, routing.api, routing.api_editing, routing.api_outputs, routing.api_readings),
    routing.link_api,
    insights.api_demand,
    accounts.notices.api,
    insights.api_ask,
    insights.api_outlook,
    portal_api,
):
    module.register(router)

urlpatterns = [
    path("", include(accounts.credentials.api.urlpatterns)),
    path("schema/", SpectacularAPIView.as_view(permission_classes=[IsAuthenticated]), name="api-schema"),
    path("docs/", DocumentationView.as_view(), name="api-docs"),
    path("postman.json", PostmanView.as_view(), name="postman"),
    path("me/preferences/", PreferencesView.as_view(), name="api-preferences"),
    path("", include(router.urls)),
]
