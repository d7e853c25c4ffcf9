"""The API root: every app registers its own routes."""

from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.permissions import IsAuthenticated
from rest_framework.routers import DefaultRouter

import accounts.credentials.api
import lsoa.api
import priorities.api
import routing.api
import routing.api_editing
import routing.api_outputs
import routing.api_readings
import routing.link_api

from .portal import api as portal_api

router = DefaultRouter()
router.include_root_view = False
for module in (
    *(lsoa.api, priorities.api, routing.api, routing.api_editing, routing.api_outputs, routing.api_readings),
    routing.link_api,
    portal_api,
):
    module.register(router)

urlpatterns = [
    path("", include(accounts.credentials.api.urlpatterns)),
    path("schema/", SpectacularAPIView.as_view(permission_classes=[IsAuthenticated]), name="api-schema"),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(url_name="api-schema", permission_classes=[IsAuthenticated]),
        name="api-docs",
    ),
    path("", include(router.urls)),
]
