"""Filters of areas, by the names that addresses use; page, export and API share them."""

import django_filters
from rest_framework.exceptions import ValidationError

from accounts.access import request_organisation

from .catalogue.deprivation import CORE20_DECILE
from .models import Area, Patch, figure_in_force
from .search import PlaceUnreadable, in_place, search_filter


class AreaFilter(django_filters.FilterSet):
    """All filters narrow the result further; several deciles may be named."""

    local_authority = django_filters.CharFilter(
        field_name="local_authority_code", lookup_expr="iexact", help_text="code, e.g. E08000025"
    )
    icb = django_filters.CharFilter(field_name="icb_code", lookup_expr="iexact", help_text="code, e.g. E54000055")
    patch = django_filters.CharFilter(method="by_patch", help_text="short name of a patch of your organisation")
    core20 = django_filters.BooleanFilter(method="by_core20", help_text="most deprived fifth of areas, or the others")
    imd_decile = django_filters.MultipleChoiceFilter(
        choices=[(n, str(n)) for n in range(1, 11)], method="by_decile", help_text="1 (most deprived) to 10"
    )
    place = django_filters.CharFilter(
        method="by_place", help_text="kind and code of a place of /api/v1/search/, e.g. ward:E05011118"
    )
    search = django_filters.CharFilter(method="by_text", help_text="code, name, local authority or postcode")

    class Meta:
        model = Area
        fields = []

    def by_patch(self, areas, name, value):
        patches = Patch.objects.for_organisation(request_organisation(self.request))
        patch = patches.filter(slug__iexact=value).first()
        if patch is None:
            raise ValidationError({"patch": f"Your organisation has no patch {value}."})
        return areas.in_patch(patch)

    def by_core20(self, areas, name, value):
        bound = "lte" if value else "gt"
        return areas.alias(decile=figure_in_force("imd_decile")).filter(**{f"decile__{bound}": CORE20_DECILE})

    def by_decile(self, areas, name, value):
        deciles = [int(decile) for decile in value]
        return areas.alias(decile=figure_in_force("imd_decile")).filter(decile__in=deciles) if value else areas

    def by_place(self, areas, name, value):
        try:
            return in_place(areas, value)
        except PlaceUnreadable as error:
            raise ValidationError({"place": str(error)}) from None

    def by_text(self, areas, name, value):
        return search_filter(areas, value)
