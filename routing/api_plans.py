"""What the parts of the API that belong to one plan have in common."""

import json
from hashlib import md5

from django.http import HttpResponse
from django.utils.cache import get_conditional_response
from rest_framework import serializers, viewsets
from rest_framework.exceptions import NotAcceptable, ValidationError
from rest_framework.negotiation import DefaultContentNegotiation

from accounts.access import request_organisation

from .models import RoutePlan

MOST_QUOTED = 60


class Choice(serializers.ChoiceField):
    """One of a few words; a refusal says which, and what was found."""

    def to_internal_value(self, data):
        try:
            return super().to_internal_value(data)
        except ValidationError:
            found = str(data)
            quoted = found if len(found) <= MOST_QUOTED else f"{found[:MOST_QUOTED]}…"
            raise ValidationError(f"Expected one of {', '.join(self.choices)}, found {quoted!r}.") from None


class OfPlanViewSet(viewsets.GenericViewSet):
    """Actions on one plan of the organisation that is asked for."""

    queryset = RoutePlan.objects.none()
    pagination_class = None
    filter_backends = []

    def get_queryset(self):
        return RoutePlan.objects.for_organisation(request_organisation(self.request)).with_team()


class AnyAnswer(DefaultContentNegotiation):
    """For addresses with one answer in one format, such as a file: whoever asks for text/csv there is not refused. The
    renderer is used for problems only.
    """

    def select_renderer(self, request, renderers, format_suffix=None):
        try:
            return super().select_renderer(request, renderers, format_suffix)
        except NotAcceptable:
            return renderers[0], renderers[0].media_type


def answer_with_etag(request, told, content_type="application/json", *, name="", ignoring=()) -> HttpResponse:
    """`told` (bytes, or what JSON can say) with an ETag; 304 where If-None-Match has it. `ignoring`: members that make
    no difference. `name`: of the file to save.
    """
    same = {key: value for key, value in told.items() if key not in ignoring} if ignoring else told
    etag = f'"{md5(_written(same), usedforsecurity=False).hexdigest()}"'
    answer = HttpResponse(_written(told), content_type=content_type)
    # What one person may have must not be kept for another; their own copy is good while the ETag is.
    answer["Cache-Control"] = "private, no-cache"
    if name:
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return get_conditional_response(request._request, etag=etag, response=_with(answer, etag))


def _with(answer, etag):
    answer["ETag"] = etag
    return answer


def _written(told) -> bytes:
    return told if isinstance(told, bytes) else json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()
