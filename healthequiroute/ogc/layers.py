"""The four layers of the portal: areas, local authorities, patches, bases."""

import re
from hashlib import sha256
from uuid import UUID

from django.contrib.gis.db.models import Extent
from django.core.cache import cache
from django.db.models import BooleanField, Case, Count, F, IntegerField, Max, Q, Sum, Value, When
from django.db.models.functions import Cast

from accounts.permissions import Permission
from healthequiroute.portal.selection import areas_with_scores
from healthequiroute.portal.versions import data_version
from lsoa.catalogue.deprivation import CORE20_DECILE
from lsoa.models import Area, Patch, figure_in_force
from priorities.models import PriorityClass
from routing.models import Depot

from .collections import Collection, Feature
from .crs import as_geojson
from .outlines import boundaries_version, outlines
from .properties import BOOLEAN, INTEGER, NUMBER, STRING, PropertiesAsJson, Property

CACHED_SECONDS = 24 * 60 * 60
_GSS = re.compile(r"[A-Z]\d{8}")


def _text(name, title, description="", *, lookup=None) -> Property:
    return Property(name, title, STRING, F(name), description, name if lookup is None else lookup)


def _figure(code, title, kind=NUMBER, description="") -> Property:
    """A figure in force of an indicator; null where there is none."""
    expression = figure_in_force(code)
    if kind == INTEGER:
        expression = Cast(expression, IntegerField())
    return Property(code, title, kind, expression, description, f"of_{code}")


_CORE20 = Case(
    When(imd_decile__lte=CORE20_DECILE, then=Value(True)),
    When(imd_decile__gt=CORE20_DECILE, then=Value(False)),
    output_field=BooleanField(),
)
_CLASS = Case(*(When(priority=number, then=Value(label)) for number, label in PriorityClass.choices))
_DECILE = "1 (most deprived tenth of areas in England) to 10"
AREA_PROPERTIES = (
    _text("code", "Code of the area", "LSOA of the Census 2021"),
    _text("name", "Name of the area"),
    Property("priority", "Priority for home visits", INTEGER, F("priority"),
             "0 routine, 1 standard, 2 elevated, 3 urgent; null: not scored", "priority", tuple(PriorityClass.values)),
    Property("priority_class", "Priority in words", STRING, _CLASS, "", "class_words", tuple(PriorityClass.labels)),
    Property("priority_lowest", "Lowest class still possible", INTEGER, F("lowest")),
    Property("priority_highest", "Highest class still possible", INTEGER, F("highest")),
    Property("priority_provisional", "Provisional", BOOLEAN, F("is_provisional"),
             "A figure is missing and the class may change", "is_provisional"),
    Property("visit_minutes", "Suggested minutes of a visit", INTEGER, F("minutes"), "", "minutes"),
    Property("imd_decile", "Deprivation decile (IMD)", INTEGER, Cast(F("imd_decile"), IntegerField()), _DECILE,
             "imd_decile", tuple(range(1, 11))),
    _figure("imd_score", "Deprivation score (IMD)"),
    Property("core20", "Core20", BOOLEAN, _CORE20, "In the most deprived fifth of areas", "core20"),
    _figure("population", "People who live there", INTEGER, "Census 2021"),
    _figure("age75_share", "Aged 75 and over, per cent"),
    _figure("lives_alone66_share", "Aged 66 and over living alone, per cent of households"),
    _figure("bad_health_share", "In bad or very bad health, per cent"),
    _figure("disabled_share", "Disabled, per cent"),
    _figure("no_car_share", "Households without a car, per cent"),
    _figure("gp_travel_minutes", "Minutes to the nearest general practice"),
    _text("local_authority_code", "Code of the local authority"),
    _text("local_authority_name", "Local authority"),
    _text("ward_code", "Code of the ward"),
    _text("ward_name", "Ward"),
    _text("sub_icb_code", "Code of the sub-ICB location"),
    _text("sub_icb_name", "Sub-ICB location"),
    _text("icb_code", "Code of the integrated care board"),
    _text("icb_name", "Integrated care board"),
    _text("region_name", "Region"),
    _text("rural_urban_name", "Rural or urban"),
    Property("is_fictional", "Fictional", BOOLEAN, F("is_synthetic"), "Made up for demonstration", "is_synthetic"),
)  # fmt: skip


class Areas(Collection):
    id = "areas"
    title = "Small areas with priorities"
    description = (
        "Lower layer super output areas (Census 2021) with their priority for home visits, the class in words, and key "
        "figures. Open data; a missing figure is null and never zero."
    )
    permission = Permission.VIEW_AREAS
    properties = AREA_PROPERTIES
    key, place = "code", "geometry"
    keywords = ("LSOA", "deprivation", "priority")
    BLOCK = 500

    def features(self, organisation):
        # Aliases cost nothing in questions that do not name them.
        figures = {prop.lookup: prop.expression for prop in self.properties if prop.lookup.startswith("of_")}
        return areas_with_scores().alias(**figures, core20=_CORE20, class_words=_CLASS)

    def read_id(self, text):
        if not re.fullmatch(r"[EWX]01[0-9]{6}", text):
            raise ValueError("Expected the code of an area, such as E01008881.")
        return text

    def written(self, organisation, keys, crs):
        for start in range(0, len(keys), self.BLOCK):
            block = keys[start : start + self.BLOCK]
            rows = areas_with_scores().filter(code__in=block).order_by("code")
            rows = rows.values_list("code", PropertiesAsJson(self.properties), as_geojson("geometry", crs))
            yield from (Feature(*row) for row in rows)

    def extent(self, organisation):
        return _kept_extent(Area.objects.current(), "areas")

    def state(self, organisation):
        return data_version(organisation)


def _kept_extent(areas, name):
    """The extent of some areas, kept until the boundaries change."""
    key = f"ogc-extent:{boundaries_version()}:{name}"
    return cache.get_or_set(
        key, lambda: areas.order_by().aggregate(extent=Extent("geometry"))["extent"], CACHED_SECONDS
    )


class LocalAuthorities(Collection):
    id = "local-authorities"
    title = "Local authorities"
    description = (
        "Local authority districts as the areas in force make them up, with how many areas have which priority."
    )
    permission = Permission.VIEW_AREAS
    properties = (
        _text("local_authority_code", "Code"),
        Property("local_authority_name", "Name", STRING, F("authority_name"), "", "local_authority_name"),
        Property("region_name", "Region", STRING, F("authority_region"), "", "region_name"),
        Property("areas", "Areas", INTEGER, F("areas")),
        Property("urgent_areas", "Areas with urgent priority", INTEGER, F("urgent_areas")),
        Property("core20_areas", "Areas in the most deprived fifth", INTEGER, F("core20_areas")),
        Property("population", "People who live there", INTEGER, F("population"), "Census 2021"),
    )
    key, place = "local_authority_code", "geometry"
    BLOCK = 10

    def features(self, organisation):
        named = Area.objects.current().exclude(local_authority_code="")
        return named.order_by().values("local_authority_code").distinct()

    def read_id(self, text):
        if not _GSS.fullmatch(text):
            raise ValueError("Expected the code of a local authority, such as E08000025.")
        return text

    def within(self, found, box):
        inside = Area.objects.current().filter(geometry__intersects=box)
        return found.filter(local_authority_code__in=inside.values("local_authority_code"))

    def written(self, organisation, keys, crs):
        for start in range(0, len(keys), self.BLOCK):
            block = keys[start : start + self.BLOCK]
            shapes = outlines("authority", block, "local_authority_code", crs)
            for code, properties in self._figures(block):
                yield Feature(code, properties, shapes[code])

    def _figures(self, codes):
        rows = areas_with_scores().filter(local_authority_code__in=codes).order_by("local_authority_code")
        people = figure_in_force("population")
        grouped = rows.values("local_authority_code").annotate(
            authority_name=Max("local_authority_name"),
            authority_region=Max("region_name"),
            areas=Count("pk"),
            urgent_areas=Count("pk", filter=Q(priority=PriorityClass.URGENT)),
            core20_areas=Count("pk", filter=Q(imd_decile__lte=CORE20_DECILE)),
            known=Count(people),
            # Where an area's people are not known, nor are those of the whole.
            population=Case(When(known=F("areas"), then=Cast(Sum(people), IntegerField()))),
        )
        return grouped.values_list("local_authority_code", PropertiesAsJson(self.properties))

    def extent(self, organisation):
        return _kept_extent(Area.objects.current(), "areas")

    def state(self, organisation):
        return data_version(organisation)


class Patches(Collection):
    id = "patches"
    title = "Patches"
    description = "What your organisation looks after, as it keeps it: outlines made of the areas of each patch."
    permission = Permission.VIEW_AREAS
    properties = (
        _text("slug", "Short name", "As filters of the API take it"),
        _text("name", "Name"),
        Property("areas", "Areas", INTEGER, F("area_count")),
    )
    key, place = "slug", "areas__geometry"

    def features(self, organisation):
        return Patch.objects.for_organisation(organisation).order_by()

    def read_id(self, text):
        if not re.fullmatch(r"[-a-zA-Z0-9_]{1,100}", text):
            raise ValueError("Expected the short name of a patch.")
        return text

    def within(self, found, box):
        return found.filter(areas__geometry__intersects=box).distinct()

    def written(self, organisation, keys, crs):
        patches = Patch.objects.for_organisation(organisation).filter(slug__in=keys).with_area_count()
        rows = list(patches.order_by("slug").values_list("pk", "slug", PropertiesAsJson(self.properties)))
        members = self._members(organisation)
        for pk, slug, properties in rows:
            shapes = outlines("patch", [pk], "patches", crs, state=members.get)
            # A patch without areas lies nowhere.
            yield Feature(slug, properties, shapes.get(pk, "null"))

    def _members(self, organisation) -> dict[UUID, str]:
        """Which areas each patch has, as a digest."""
        pairs = Patch.objects.for_organisation(organisation).order_by("pk", "areas").values_list("pk", "areas")
        found: dict[UUID, list] = {}
        for pk, area in pairs:
            found.setdefault(pk, []).append(area)
        return {pk: sha256(repr(areas).encode()).hexdigest() for pk, areas in found.items()}

    def extent(self, organisation):
        own = Area.objects.current().filter(patches__in=self.features(organisation))
        return own.aggregate(extent=Extent("geometry"))["extent"]

    def state(self, organisation):
        names = list(self.features(organisation).order_by("pk").values_list("pk", "slug", "name"))
        return repr((boundaries_version(), names, self._members(organisation)))


class Bases(Collection):
    id = "bases"
    title = "Bases"
    description = "Places from which teams of your organisation start. Homes of staff are never among them."
    permission = Permission.VIEW_PLANS
    properties = (_text("name", "Name"),)
    key, place = "pk", "point"
    geometry_type = "Point"

    def features(self, organisation):
        return Depot.objects.for_organisation(organisation).order_by()

    def read_id(self, text):
        if not re.fullmatch(r"[0-9]{1,18}", text):
            raise ValueError("Expected the number of a base.")
        return int(text)

    def written(self, organisation, keys, crs):
        rows = self.features(organisation).filter(pk__in=keys).order_by("pk")
        for pk, properties, shape in rows.values_list(
            "pk", PropertiesAsJson(self.properties), as_geojson("point", crs)
        ):
            yield Feature(str(pk), properties, shape)

    def extent(self, organisation):
        return self.features(organisation).aggregate(extent=Extent("point"))["extent"]

    def state(self, organisation):
        return repr([
            (pk, name, point.coords)
            for pk, name, point in self.features(organisation).order_by("pk").values_list("pk", "name", "point")
        ])  # fmt: skip


COLLECTIONS = {each.id: each for each in (Areas(), LocalAuthorities(), Patches(), Bases())}
