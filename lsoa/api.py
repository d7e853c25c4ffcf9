"""Areas in the API: `/api/v1/areas/`."""

import json

from django.contrib.gis.db.models.functions import AsGeoJSON
from django.contrib.gis.geos import Polygon
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework_gis.serializers import GeoFeatureModelSerializer

from accounts.access import HasPermission
from accounts.kept_rows import KeptRows, one_reading
from accounts.list_files.streaming import download
from accounts.permissions import Permission

from .catalogue.deprivation import CORE20_DECILE
from .exports.contents import Contents
from .exports.geojson import feature_collection
from .filters import AreaFilter
from .models import Area, Dataset, Indicator, IndicatorValue, give_figures
from .reference import reference
from .search import search_areas
from .search.throttle import SearchThrottle
from .search_api import SearchViewSet
from .similar.api import SimilarAreasMixin
from .statistics import national_distribution

# More areas than this in one view are what tiles are for.
MOST_AREAS_IN_BOUNDS = 2_000
# Of a degree: ten centimetres.
OUTLINE_DECIMALS = 6
# Figures of an area in a list.
LISTED = ("imd_decile", "population")
PLAIN_PROPERTIES = ("name", "local_authority_code", "local_authority_name")


class AreaSerializer(serializers.ModelSerializer):
    """An area in a list."""

    imd_decile = serializers.SerializerMethodField()
    population = serializers.SerializerMethodField()
    core20 = serializers.SerializerMethodField(help_text="In the most deprived fifth of areas; null when unknown")
    longitude = serializers.FloatField(source="centroid.x")
    latitude = serializers.FloatField(source="centroid.y")

    class Meta:
        model = Area
        fields = [
            "code", "name", "vintage", "local_authority_code", "local_authority_name", "sub_icb_code", "sub_icb_name",
            "icb_code", "icb_name", "imd_decile", "core20", "population", "longitude", "latitude", "is_synthetic",
        ]  # fmt: skip

    def get_imd_decile(self, area) -> int | None:
        decile = _figure(area, "imd_decile")
        return None if decile is None else int(decile)

    def get_population(self, area) -> int | None:
        people = _figure(area, "population")
        return None if people is None else int(people)

    def get_core20(self, area) -> bool | None:
        decile = _figure(area, "imd_decile")
        return None if decile is None else decile <= CORE20_DECILE


def _figure(area, code):
    if "figures" in vars(area):
        return area.figures.get(code)
    # Areas that were loaded a moment ago have no profile until it is refreshed.
    profile = getattr(area, "profile", None)
    return None if profile is None else profile.values.get(code)


class DatasetSerializer(serializers.ModelSerializer):
    """Where figures come from."""

    class Meta:
        model = Dataset
        fields = [
            "id", "publication", "title", "publisher", "release", "extent", "licence", "standing", "is_provisional",
            "method", "loaded_at",
        ]  # fmt: skip


def _told_datasets() -> dict[str, dict]:
    """Id as text -> what `DatasetSerializer` says, by publication. What an area's figures come from is asked of it."""
    # unscoped: answers name datasets of the area's profile alone, which holds open data.
    rows = Dataset.objects.order_by("publication", "pk").defer("quality")
    return {told["id"]: told for told in DatasetSerializer(rows, many=True).data}


_sources: KeptRows[dict[str, dict]] = KeptRows(lambda: (Dataset,), _told_datasets)


class AreaDetailSerializer(AreaSerializer):
    """An area with every indicator, its national comparison and its source."""

    indicators = serializers.SerializerMethodField()
    sources = serializers.SerializerMethodField()

    class Meta(AreaSerializer.Meta):
        fields = [*AreaSerializer.Meta.fields, "indicators", "sources"]

    def get_indicators(self, area) -> list[dict]:
        profile = getattr(area, "profile", None)
        return [] if profile is None else list(_indicators(area, profile))

    def get_sources(self, area) -> list[dict]:
        profile = getattr(area, "profile", None)
        used = set() if profile is None else set(profile.datasets.values())
        return [told for pk, told in _sources.now().value.items() if pk in used]


def _indicators(area, profile):
    spread = national_distribution(profile.values, synthetic=area.is_synthetic)
    indicators = [row for code, row in reference().indicators.items() if code in profile.values]
    origin = IndicatorValue.objects.origins(
        area, {indicator.pk: profile.datasets[indicator.code] for indicator in indicators}
    )
    for indicator in indicators:
        dataset = profile.datasets[indicator.code]
        period, method = origin.get(indicator.pk, (None, None))
        national = spread.get(indicator.code)
        yield {
            "code": indicator.code,
            "name": indicator.name,
            "unit": indicator.unit,
            "polarity": indicator.polarity,
            "value": profile.values[indicator.code],
            "missing": profile.missing.get(indicator.code),
            "period": period,
            "method": method,
            "dataset": dataset,
            "national": national
            and {
                "areas": national.areas,
                "mean": national.mean,
                "percentiles": dict(zip(range(10, 100, 10), national.percentiles, strict=True)),
            },
        }


class AreaFeatureSerializer(GeoFeatureModelSerializer):
    """An area as a GeoJSON feature; its outline comes as text of the database (`outline`), to ten centimetres."""

    imd_decile = serializers.SerializerMethodField()

    class Meta:
        model = Area
        geo_field = "geometry"
        id_field = "code"
        fields = ["code", *PLAIN_PROPERTIES, "imd_decile"]

    def get_imd_decile(self, area) -> int | None:
        decile = _figure(area, "imd_decile")
        return None if decile is None else int(decile)

    def to_representation(self, area):
        properties = {name: getattr(area, name) for name in PLAIN_PROPERTIES}
        return {
            "id": area.code,
            "type": "Feature",
            "geometry": json.loads(area.outline),
            "properties": properties | {"imd_decile": self.get_imd_decile(area)},
        }


BOUNDS = [OpenApiParameter(side, float, required=True) for side in ("west", "south", "east", "north")]


class AreaViewSet(SimilarAreasMixin, viewsets.ReadOnlyModelViewSet):
    """Small areas (LSOA 2021) with their indicators."""

    permission_classes = [HasPermission.of(Permission.VIEW_AREAS)]
    queryset = Area.objects.current().order_by("code")
    filterset_class = AreaFilter
    lookup_field = "code"
    lookup_value_regex = r"[EWXewx]01\d{6}"

    def get_serializer_class(self):
        return {"retrieve": AreaDetailSerializer, "within_bounds": AreaFeatureSerializer}.get(
            self.action, AreaSerializer
        )

    def get_queryset(self):
        areas = super().get_queryset()
        if self.action == "geojson":
            return areas
        # Lists need a point, not the outline.
        areas = areas.defer("geometry", "population_centroid")
        return areas.select_related("profile__origin") if self.action == "retrieve" else areas

    def paginate_queryset(self, queryset):
        page = super().paginate_queryset(queryset)
        give_figures(page, *LISTED)
        return page

    @one_reading()
    def retrieve(self, request, *args, **kwargs):
        return super().retrieve(request, *args, **kwargs)

    def get_object(self):
        self.kwargs["code"] = self.kwargs["code"].upper()
        return super().get_object()

    @extend_schema(responses={(200, "application/geo+json"): OpenApiTypes.OBJECT}, filters=True)
    @action(detail=False, url_path="geojson", pagination_class=None)
    def geojson(self, request):
        """All areas that fit the filters as one GeoJSON feature collection, streamed."""
        areas = self.filter_queryset(Area.objects.current()).order_by("code")
        indicators = Indicator.objects.public().order_by("theme", "name")
        filters = [f"{name}={value}" for name, values in request.query_params.lists() for value in values]
        contents = Contents(areas, list(indicators), title="Areas and their figures", filters=filters)
        return download(request._request, feature_collection(contents), "areas.geojson", inline=True)

    @extend_schema(
        parameters=[OpenApiParameter("q", str, required=True)], responses=AreaSerializer(many=True), filters=False
    )
    @action(
        detail=False,
        url_path="search",
        pagination_class=None,
        filterset_class=None,
        throttle_classes=[SearchThrottle],
    )
    def search(self, request):
        """Up to twenty areas for a code, name, local authority or postcode, the best first."""
        text = request.query_params.get("q", "").strip()
        if len(text) < 2:
            raise ValidationError({"q": "Give at least two characters."})
        found = search_areas(text)
        give_figures(found, *LISTED)
        return Response(AreaSerializer(found, many=True).data)

    @extend_schema(parameters=BOUNDS)
    @action(detail=False, url_path="within-bounds", pagination_class=None)
    def within_bounds(self, request):
        """Areas that touch a rectangle of longitudes and latitudes, as GeoJSON; at most 2,000."""
        box = _bounds(request.query_params)
        areas = self.filter_queryset(self.get_queryset()).filter(geometry__intersects=box)
        if len(areas.values_list("pk")[: MOST_AREAS_IN_BOUNDS + 1]) > MOST_AREAS_IN_BOUNDS:
            raise ValidationError({"bounds": f"More than {MOST_AREAS_IN_BOUNDS:,} areas lie there: ask for less."})
        found = list(areas.annotate(outline=AsGeoJSON("geometry", precision=OUTLINE_DECIMALS)))
        give_figures(found, *LISTED)
        return Response(AreaFeatureSerializer(found, many=True).data)


def _bounds(params) -> Polygon:
    """The rectangle, EPSG 4326. Raises ValidationError naming every side that is wrong."""
    sides, wrong = {}, {}
    for side, limit in (("west", 180), ("south", 90), ("east", 180), ("north", 90)):
        try:
            sides[side] = float(params.get(side, ""))
        except ValueError:
            wrong[side] = "Give a number of degrees."
            continue
        if not -limit <= sides[side] <= limit:
            wrong[side] = f"Give degrees between -{limit} and {limit}."
    if not wrong and (sides["west"] >= sides["east"] or sides["south"] >= sides["north"]):
        wrong["bounds"] = "West must be less than east, and south less than north."
    if wrong:
        raise ValidationError(wrong)
    box = Polygon.from_bbox((sides["west"], sides["south"], sides["east"], sides["north"]))
    box.srid = 4326
    return box


def register(router) -> None:
    """Add the routes of this app to the API's router."""
    router.register("areas", AreaViewSet, basename="area")
    router.register("search", SearchViewSet, basename="place-search")
