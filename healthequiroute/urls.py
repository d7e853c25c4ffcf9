"""The URL map of the portal. API routes live in `healthequiroute.api`."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.generic import RedirectView

from . import errors, health
from .api_document.views import using_the_api

urlpatterns = [
    path("health/live", health.live, name="health-live"),
    path("health/ready", health.ready, name="health-ready"),
    path("favicon.ico", login_not_required(RedirectView.as_view(url="/static/favicon.svg")), name="favicon"),
    path("accounts/", include("accounts.sign_in_urls")),
    path("admin/", admin.site.urls),
    path("api/", using_the_api, name="using-the-api"),
    path("api/v1/", include("healthequiroute.api")),
    path("ogc/", include("healthequiroute.ogc.urls")),
    path("", include("accounts.urls")),
    path("", include("lsoa.urls")),
    path("", include("priorities.urls")),
    path("", include("routing.urls")),
    path("", include("insights.urls")),
    path("", include("healthequiroute.portal.urls")),
]

handler400 = errors.bad_request
handler403 = errors.permission_denied
handler404 = errors.not_found
handler500 = errors.server_error

# One door: its limits, second factor and audit hold for the administration too.
admin.site.login = secure_admin_login(admin.site.login)
admin.site.site_header = admin.site.site_title = "HealthEquiRoute administration"
admin.site.index_title = "Data, models and people"
