"""Filters of the list of priorities."""

import django_filters
from django.db.models import F
from django.shortcuts import get_object_or_404

from accounts.access import request_organisation
from lsoa.catalogue.deprivation import CORE20_DECILE
from lsoa.models import Patch, figure_in_force
from priorities.models import PriorityClass, PriorityScore


class PriorityFilter(django_filters.FilterSet):
    """Filters of the list; the same names as in the addresses of the Explore page."""

    priority = django_filters.MultipleChoiceFilter(choices=PriorityClass.choices, help_text="0 routine to 3 urgent")
    provisional = django_filters.BooleanFilter(field_name="is_provisional")
    changed = django_filters.BooleanFilter(method="by_change", help_text="class differs from before")
    authority = django_filters.CharFilter(field_name="area__local_authority_code", lookup_expr="iexact")
    icb = django_filters.CharFilter(field_name="area__icb_code", lookup_expr="iexact")
    core20 = django_filters.BooleanFilter(method="by_core20")
    patch = django_filters.CharFilter(method="by_patch", help_text="short name of a patch of your organisation")
    sort = django_filters.OrderingFilter(
        fields=[("priority", "priority"), ("visit_minutes", "minutes"), ("area__code", "code")]
    )

    class Meta:
        model = PriorityScore
        fields = []

    def by_change(self, scores, name, value):
        if not value:
            return scores.filter(previous_priority=F("priority"))
        return scores.filter(previous_priority__isnull=False).exclude(previous_priority=F("priority"))

    def by_core20(self, scores, name, value):
        bound = "lte" if value else "gt"
        decile = figure_in_force("imd_decile", "area__profile__values")
        return scores.alias(decile=decile).filter(**{f"decile__{bound}": CORE20_DECILE})

    def by_patch(self, scores, name, value):
        organisation = request_organisation(self.request)
        patch = get_object_or_404(Patch.objects.for_organisation(organisation), slug=value)
        return scores.for_patch(patch)
