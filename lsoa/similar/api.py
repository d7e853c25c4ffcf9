"""`/api/v1/areas/<code>/similar/`."""

from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from ..models import Area
from .finding import similar_areas
from .variables import METHOD, MOST_AREAS


class DifferenceSerializer(serializers.Serializer):
    indicator = serializers.CharField()
    deviations = serializers.FloatField(help_text="standard deviations; positive: the other area lies higher")


class SimilarAreaSerializer(serializers.Serializer):
    """One area and how alike it is."""

    code = serializers.CharField()
    name = serializers.CharField()
    local_authority_name = serializers.CharField()
    distance = serializers.FloatField(help_text="in standard deviations; 0 is equal in everything that is compared")
    share = serializers.FloatField(help_text="of the weight that both areas have figures for, 0 to 1")
    differs = DifferenceSerializer(many=True, help_text="what distinguishes it most")


class VariableGroupSerializer(serializers.Serializer):
    title = serializers.CharField()
    weight = serializers.FloatField()
    indicators = serializers.ListField(child=serializers.CharField())


class SimilaritySerializer(serializers.Serializer):
    """The nearest first. `why` says why there are none."""

    area = serializers.CharField(help_text="code")
    areas = SimilarAreaSerializer(many=True)
    variables = VariableGroupSerializer(many=True)
    why = serializers.CharField(allow_blank=True)
    method = serializers.ListField(child=serializers.CharField())


EXAMPLE = OpenApiExample(
    "Two areas like E01009320",
    value={
        "area": "E01009320",
        "areas": [
            {
                "code": "E01010843",
                "name": "Bradford 039E",
                "local_authority_name": "Bradford",
                "distance": 0.41,
                "share": 1.0,
                "differs": [{"indicator": "barriers_score", "deviations": 0.9}],
            }
        ],
        "variables": [{"title": "Place", "weight": 0.5, "indicators": ["is_rural", "gp_travel_minutes"]}],
        "why": "",
        "method": [METHOD[0]],
    },
    response_only=True,
)


class SimilarAreasMixin:
    """For the viewset of areas."""

    @extend_schema(
        parameters=[OpenApiParameter("count", int, description=f"how many, 1 to {MOST_AREAS}; 10 unless told")],
        responses=SimilaritySerializer,
        examples=[EXAMPLE],
        filters=False,
    )
    @action(detail=True, url_path="similar", pagination_class=None, filterset_class=None)
    def similar(self, request, code=None):
        """The areas that are most like this one in age, deprivation, households, language and place."""
        area = self.get_object()
        found = similar_areas(area, _count(request.query_params.get("count", "10")))
        keys = [each.area_id for each in found.areas]
        named = Area.objects.current().in_bulk(keys)
        return Response(
            {
                "area": area.code,
                "areas": [_row(named[each.area_id], each) for each in found.areas if each.area_id in named],
                "variables": [
                    {"title": group.title, "weight": group.weight, "indicators": list(codes)}
                    for group, codes in found.variables
                ],
                "why": found.why,
                "method": list(METHOD),
            }
        )


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= MOST_AREAS):
        raise ValidationError({"count": f"Give a whole number from 1 to {MOST_AREAS}."})
    return int(text)


def _row(area, each) -> dict:
    return {
        "code": area.code,
        "name": area.name,
        "local_authority_name": area.local_authority_name,
        "distance": round(each.distance, 4),
        "share": round(each.share, 4),
        "differs": [{"indicator": code, "deviations": round(gap, 3)} for code, gap in each.differs],
    }
