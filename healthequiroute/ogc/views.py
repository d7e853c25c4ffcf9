"""The addresses below `/ogc/`. Reading only; the same permissions and limits as the API."""

import orjson
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from rest_framework.exceptions import APIException, AuthenticationFailed, NotAuthenticated
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.settings import api_settings
from rest_framework.views import APIView

from accounts.access import HasPermission, allowed, request_organisation
from accounts.credentials.authentication import ApiKeyAsPassword
from accounts.list_files.streaming import sendable
from accounts.permissions import Permission
from healthequiroute.conditional import is_known, not_modified

from . import documents, openapi
from .items import Page, next_links, written
from .layers import COLLECTIONS
from .links import GEOJSON, HTML, JSON, OPENAPI, SCHEMA, header, href, link, self_and_alternate, wanted
from .parameters import CRS84, read_crs, read_items_query, refuse_unknown

# Whoever keeps an answer asks each time whether it still holds, which costs no question to the areas.
CACHE = "private, no-cache"


class Unasked(DefaultContentNegotiation):
    """Which form is wanted is found by `links.wanted`; refusals come as problem details whatever was accepted."""

    def select_renderer(self, request, renderers, format_suffix=None):
        return renderers[0], renderers[0].media_type


class OgcView(APIView):
    """`answer(request, want, **kwargs)` gives the response; `kinds` are its media types beside the page."""

    authentication_classes = [*api_settings.DEFAULT_AUTHENTICATION_CLASSES, ApiKeyAsPassword]
    permission_classes = [HasPermission.of(Permission.VIEW_AREAS)]
    content_negotiation_class = Unasked
    http_method_names = ["get", "head", "options"]
    kinds = (JSON,)
    known_parameters = {"f"}
    schema = None

    def get(self, request, **kwargs):
        want = wanted(request._request, kinds=self.kinds)
        if self.known_parameters is not None:
            refuse_unknown(request.query_params, self.known_parameters)
        response = self.answer(request, want, **kwargs)
        response.setdefault("Cache-Control", CACHE)
        response["Vary"] = "Accept, Authorization, Cookie"
        return response

    def handle_exception(self, exc):
        page = self._page_of(exc)
        return super().handle_exception(exc) if page is None else page

    def _page_of(self, exc):
        """Somebody with a browser gets a page instead of problem details; None for programs."""
        request = self.request._request
        if request.method != "GET" or request.get_preferred_type([JSON, HTML]) != HTML:
            return None
        if isinstance(exc, NotAuthenticated):
            return redirect_to_login(request.get_full_path())
        if isinstance(exc, AuthenticationFailed) or not isinstance(exc, APIException | Http404):
            return None
        status = getattr(exc, "status_code", 404)
        if status not in (400, 403, 404):
            return None
        said = " ".join(documents.sentences(exc)) if status == 400 else str(getattr(exc, "detail", ""))
        return render(request, f"errors/{status}.html", {"detail": said}, status=status)

    @property
    def organisation(self):
        return request_organisation(self.request)

    def document(self, want, told: dict, template: str, *, kind: str = JSON, **values):
        if want.is_html:
            return render(self.request._request, f"ogc/{template}.html", {"told": told, **values})
        return HttpResponse(orjson.dumps(told), content_type=kind)


class LandingView(OgcView):
    """Where map programs begin."""

    permission_classes = [IsAuthenticated]

    def answer(self, request, want):
        return self.document(want, documents.landing(request, want), "landing")


class ConformanceView(OgcView):
    permission_classes = [IsAuthenticated]

    def answer(self, request, want):
        return self.document(want, documents.conformance(request, want), "conformance")


class ApiView(OgcView):
    """The description of the interface: OpenAPI 3.0, or the page that explains it."""

    permission_classes = [IsAuthenticated]
    kinds = (OPENAPI,)

    def answer(self, request, want):
        return self.document(want, openapi.description(request), "api", kind=OPENAPI)


class CollectionsView(OgcView):
    def answer(self, request, want):
        return self.document(want, documents.collections(request, want, self.organisation), "collections")


class MaySeeCollection(BasePermission):
    """The layer's own permission. A layer that does not exist is not found, whoever asks."""

    def has_permission(self, request, view):
        if not request.user.is_authenticated:
            return False
        organisation = request_organisation(request)
        layer = COLLECTIONS.get(view.kwargs["collection"])
        needed = layer.permission if layer else Permission.VIEW_AREAS
        return allowed(request.user, needed, organisation)


class OfCollectionView(OgcView):
    permission_classes = [MaySeeCollection]

    @property
    def layer(self):
        layer = COLLECTIONS.get(self.kwargs["collection"])
        if layer is None:
            raise Http404
        return layer


class CollectionView(OfCollectionView):
    def answer(self, request, want, collection):
        told = documents.collection(request, want, self.organisation, self.layer)
        return self.document(want, told, "collection", layer=self.layer)


class QueryablesView(OfCollectionView):
    kinds = (SCHEMA,)

    def answer(self, request, want, collection):
        return self.document(want, documents.queryables(request, self.layer), "schema", kind=SCHEMA, layer=self.layer)


class SchemaView(OfCollectionView):
    kinds = (SCHEMA,)

    def answer(self, request, want, collection):
        return self.document(want, documents.schema(request, self.layer), "schema", kind=SCHEMA, layer=self.layer)


class ItemsView(OfCollectionView):
    """Features: `limit`, `bbox`, `bbox-crs`, `crs`, `datetime`, `after`, and every property that can be filtered by."""

    kinds = (GEOJSON,)
    known_parameters = None

    def answer(self, request, want, collection):
        query = read_items_query(request.query_params, self.layer)
        etag = self.layer.etag(self.organisation, request.get_full_path(), want.name)
        if not want.is_html and is_known(request, etag):
            return not_modified(etag)
        page = Page(self.layer, self.organisation, query)
        links = [*self_and_alternate(request, want, GEOJSON), *next_links(request, page, is_html=want.is_html)]
        response = self._page(page, links) if want.is_html else self._data(page, links)
        response["Content-Crs"] = query.crs.header
        response["Link"] = header([each for each in links if each["rel"] in ("self", "next")])
        if not want.is_html:
            response["ETag"] = etag
            # The page is the same; only its form is another one.
            response["OGC-NumberMatched"], response["OGC-NumberReturned"] = str(page.matched), str(len(page.keys))
        return response

    def _data(self, page, links):
        request = self.request._request
        if request.method == "HEAD":
            return HttpResponse(content_type=GEOJSON)
        return StreamingHttpResponse(sendable(request, page.pieces(links)), content_type=GEOJSON)

    def _page(self, page, links):
        features = [(each.id, orjson.loads(each.properties)) for each in page.features]
        values = {"layer": page.layer, "features": features, "matched": page.matched, "links": links}
        return render(self.request._request, "ogc/items.html", values)


class ItemView(OfCollectionView):
    kinds = (GEOJSON,)
    known_parameters = {"f", "crs"}

    def answer(self, request, want, collection, feature):
        crs = self._crs(request)
        etag = self.layer.etag(self.organisation, request.get_full_path(), want.name)
        if not want.is_html and is_known(request, etag):
            return not_modified(etag)
        found = self._found(feature, crs)
        if want.is_html:
            values = {"layer": self.layer, "feature": found.id, "properties": orjson.loads(found.properties)}
            response = render(request._request, "ogc/item.html", values)
        else:
            above = link(href(request, "collection", collection=self.layer.id), "collection", JSON, self.layer.title)
            links = [*self_and_alternate(request, want, GEOJSON), above]
            response = HttpResponse(written(found, links), content_type=GEOJSON)
            response["ETag"] = etag
        response["Content-Crs"] = crs.header
        return response

    def _crs(self, request):
        text = request.query_params.get("crs")
        return CRS84 if text is None else openapi.checked("crs", read_crs, text)

    def _found(self, text, crs):
        try:
            key = self.layer.read_id(text)
        except ValueError:
            raise Http404 from None
        # Through the layer's own features: nothing that is not in it can be asked for by its key.
        within = self.layer.features(self.organisation).filter(**{self.layer.key: key})
        keys = list(within.values_list(self.layer.key, flat=True)[:1])
        found = next(iter(self.layer.written(self.organisation, keys, crs)), None)
        if found is None:
            raise Http404
        return found
