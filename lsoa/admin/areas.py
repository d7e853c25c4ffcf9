"""Areas, how they changed, patches, postcodes, places and map tiles."""

from django.contrib import admin

from accounts.read_only_admin import ReadOnlyAdmin
from lsoa.models import Area, AreaChange, AuthorityCode, Patch, Place, Postcode, TileSet

from .large import LargeAdmin


class RegionFilter(admin.AllValuesFieldListFilter):
    """Made-up areas lie in no region: the choice for them has a name too, or it would be a link that says nothing."""

    def choices(self, changelist):
        for choice in super().choices(changelist):
            yield choice | {"display": choice["display"] or "No region"}


@admin.register(Area)
class AreaAdmin(LargeAdmin):
    list_display = ["code", "name", "vintage", "local_authority_name", "icb_name", "is_synthetic"]
    list_filter = ["vintage", "is_synthetic", ("region_name", RegionFilter)]
    search_fields = ["code__iexact", "search_text"]
    # The outline is looked at on the map; as text it would be a page of numbers.
    exclude = ["geometry", "centroid", "population_centroid", "search_text"]

    def get_queryset(self, request):
        return super().get_queryset(request).defer("geometry", "population_centroid")


@admin.register(AreaChange)
class AreaChangeAdmin(LargeAdmin):
    list_display = ["code_2011", "code_2021", "kind", "weight", "basis"]
    list_filter = ["kind", "basis"]
    search_fields = ["code_2011__iexact", "code_2021__iexact"]
    ordering = ["code_2011", "code_2021"]


@admin.register(AuthorityCode)
class AuthorityCodeAdmin(ReadOnlyAdmin):
    pass


@admin.register(Patch)
class PatchAdmin(ReadOnlyAdmin):
    list_display = ["name", "organisation", "area_count"]
    list_filter = ["organisation"]
    search_fields = ["name", "slug"]
    list_select_related = ["organisation"]
    exclude = ["areas"]

    def get_queryset(self, request):
        return super().get_queryset(request).with_area_count()

    @admin.display(description="Areas", ordering="area_count")
    def area_count(self, patch):
        return patch.area_count


@admin.register(Postcode)
class PostcodeAdmin(LargeAdmin):
    list_display = ["postcode", "area_code", "area_code_2011", "area_method", "is_residential", "terminated"]
    list_filter = ["is_residential", "area_method"]
    # By the beginning, which the key answers.
    search_fields = ["postcode__startswith", "area_code__iexact"]
    exclude = ["point"]
    ordering = ["postcode"]

    def get_search_results(self, request, queryset, search_term):
        return super().get_search_results(request, queryset, search_term.upper())


@admin.register(Place)
class PlaceAdmin(LargeAdmin):
    list_display = ["name", "kind", "code", "detail", "vintage", "area_count"]
    list_filter = ["kind", "vintage"]
    search_fields = ["name", "code__iexact"]
    exclude = ["point"]


@admin.register(TileSet)
class TileSetAdmin(ReadOnlyAdmin):
    list_display = ["vintage", "version", "area_count", "is_current", "built_at", "seconds"]
