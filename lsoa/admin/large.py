"""Lists over millions of rows: nothing is counted beyond what anybody pages through."""

from django.contrib import admin
from django.core.paginator import Paginator
from django.utils.functional import cached_property

from accounts.read_only_admin import ReadOnlyAdmin
from lsoa.models import Dataset

# Rows that can be paged through; whoever looks for more narrows the list.
MOST_ROWS = 2_000


class CappedPaginator(Paginator):
    """Counts up to MOST_ROWS and no further: a count of a whole table would read all of it."""

    @cached_property
    def count(self) -> int:
        return self.object_list.order_by()[:MOST_ROWS].count()


class LargeAdmin(ReadOnlyAdmin):
    """A read-only list that costs the same at a hundred rows and at ten million."""

    paginator = CappedPaginator
    show_full_result_count = False
    list_per_page = 50


class RejectingDatasetFilter(admin.SimpleListFilter):
    """Datasets with rejected rows. Not Django's own: that would look through all rows for those that occur."""

    title, parameter_name = "dataset", "dataset"

    def lookups(self, request, model_admin):
        rows = Dataset.objects.public().filter(rows_rejected__gt=0).defer("quality").order_by("title", "-release")
        return [(str(row.pk), f"{row.title}, {row.release} ({row.extent})"[:90]) for row in rows]

    def queryset(self, request, queryset):
        return queryset.filter(dataset=self.value()) if self.value() else queryset
