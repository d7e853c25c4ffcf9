"""The search box in the API: `/api/v1/search/?q=wigan`."""

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from accounts.access import HasPermission, request_organisation
from accounts.permissions import Permission

from .search import KINDS, LABELS, LONGEST, POSTCODE, SHORTEST, search, successors
from .search.throttle import SearchThrottle

MOST = 50


class AreaCodeSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()


class PlaceSerializer(serializers.Serializer):
    """One thing that fits."""

    kind = serializers.ChoiceField(choices=list(LABELS.items()))
    code = serializers.CharField(help_text="ONS code, postcode or part of one, or the short name of a town")
    name = serializers.CharField()
    detail = serializers.CharField(help_text="What tells it from others of its name, e.g. the local authority")
    fit = serializers.ChoiceField(
        choices=["code", "name", "start", "words", "detail", "similar"],
        help_text="exact code, exact name, a name that begins so, all words in the name, or with its detail; misspelt",
    )
    vintage = serializers.IntegerField(help_text="census year of its areas; 2011: it has been replaced")
    area_count = serializers.IntegerField(help_text="LSOAs that belong to it")
    place = serializers.CharField(
        allow_null=True, help_text="value of `place` for /api/v1/areas/?place=...; null for a whole postcode"
    )
    area_code = serializers.CharField(allow_null=True, help_text="of a postcode: the LSOA of 2021 that it is in")
    area_method = serializers.CharField(allow_null=True, help_text="of a postcode: how that is known")
    terminated = serializers.IntegerField(
        allow_null=True, help_text="of a postcode that is no longer in use: year and month, as 199912"
    )
    successors = AreaCodeSerializer(many=True, help_text="of an area of 2011 that was replaced: what it became")


@extend_schema_serializer(many=False)
class AnswerSerializer(serializers.Serializer):
    query = serializers.CharField(help_text="the text as it was read")
    meant = serializers.CharField(help_text="the spelling that was looked for instead, else empty")
    totals = serializers.DictField(child=serializers.IntegerField(), help_text="how many of each kind fit altogether")
    results = PlaceSerializer(many=True, help_text="the best first")


PARAMETERS = [
    OpenApiParameter("q", str, required=True, description=f"{SHORTEST} to {LONGEST} characters"),
    OpenApiParameter("kind", str, many=True, enum=list(KINDS), description="only these kinds; may be repeated"),
    OpenApiParameter("limit", int, description=f"most results of each kind: 1 to {MOST}, default 10"),
]


class SearchViewSet(viewsets.ViewSet):
    """Places of every kind for a postcode or part of one, a code or a name, forgiving slips."""

    permission_classes = [HasPermission.of(Permission.VIEW_AREAS)]
    throttle_classes = [SearchThrottle]

    @extend_schema(parameters=PARAMETERS, responses=AnswerSerializer)
    def list(self, request):
        """Postcodes, areas, wards, neighbourhoods, towns, local authorities, sub-ICB locations and ICBs that fit."""
        text, kinds, limit = _question(request.query_params)
        answer = search(text, organisation=request_organisation(request), kinds=kinds, limit=limit)
        if answer.problem:
            raise ValidationError({"q": answer.problem})
        body = {
            "query": answer.text,
            "meant": answer.meant,
            "totals": {kind: max(hit.of_kind for hit in answer.of_kind(kind)) for kind in answer.kinds},
            "results": [_result(hit, answer) for hit in answer.hits],
        }
        return Response(AnswerSerializer(body).data)


def _question(params) -> tuple[str, list[str], int]:
    """Raises ValidationError naming every parameter that is wrong."""
    text, kinds, wrong = params.get("q", ""), params.getlist("kind"), {}
    if not SHORTEST <= len(text.strip()) <= LONGEST:
        wrong["q"] = f"Give {SHORTEST} to {LONGEST} characters."
    if set(kinds) - set(KINDS):
        wrong["kind"] = f"Expected some of {', '.join(KINDS)}."
    limit = params.get("limit", "10")
    if not (limit.isascii() and limit.isdigit() and len(limit) < 4 and 1 <= int(limit) <= MOST):
        wrong["limit"] = f"Give a whole number from 1 to {MOST}."
    if wrong:
        raise ValidationError(wrong)
    return text, kinds, int(limit)


def _result(hit, answer) -> dict:
    row = answer.postcodes.get(hit.code) if hit.kind == POSTCODE else None
    retired = hit.kind == "area" and hit.vintage != 2021
    return {
        "kind": hit.kind,
        "code": hit.code,
        "name": hit.name,
        "detail": hit.detail,
        "fit": hit.fit.name.lower(),
        "vintage": hit.vintage,
        "area_count": hit.area_count,
        "place": None if hit.kind == POSTCODE else f"{hit.kind}:{hit.code}",
        "area_code": row.area_code or None if row else None,
        "area_method": row.area_method or None if row else None,
        "terminated": row.terminated if row else None,
        "successors": [{"code": code, "name": name} for code, name in successors(hit.code)] if retired else [],
    }
