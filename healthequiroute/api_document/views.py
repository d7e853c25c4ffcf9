"""The page Using the API, the page with all operations, and the Postman collection."""

from django.shortcuts import render
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.permissions import IsAuthenticated
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.access import allowed
from accounts.models.credentials import KEY_SCOPES
from accounts.permissions import Permission

from .document import openapi_document
from .postman import collection
from .versions import CHANGES, HONOURED, VERSION

FILE_NAME = "healthequiroute.postman_collection.json"


def using_the_api(request):
    """GET /api/: how to get in, begin, and what to rely on; for everybody who is signed in."""
    context = {
        "address": _address(request),
        "may_make_keys": allowed(request.user, Permission.MANAGE_API_KEYS, request.organisation),
        "scopes": [scope.description for scope in KEY_SCOPES],
        "changes": CHANGES,
        "version": VERSION,
        "honoured_days": HONOURED.days,
        "webhooks": openapi_document().get("x-webhooks", {}),
    }
    return render(request, "api_document/using.html", context)


def _address(request) -> str:
    return request.build_absolute_uri("/").rstrip("/")


class DocumentationView(SpectacularSwaggerSplitView):
    """All operations, to read and to try, in the portal's frame."""

    url_name = "api-schema"
    title = "Operations of the API"
    permission_classes = [IsAuthenticated]
    template_name = "api_document/operations.html"


class PostmanView(APIView):
    """The API as a Postman collection, with this portal's address filled in."""

    permission_classes = [IsAuthenticated]
    schema = None

    def get(self, request):
        told = collection(openapi_document(), host=_address(request))
        return Response(told, headers={"Content-Disposition": f'attachment; filename="{FILE_NAME}"'})
