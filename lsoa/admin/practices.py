"""GP practices, their lists and registers, and where their patients live."""

from django.contrib import admin

from lsoa.models import PatientDistribution, Practice, PracticeList, PracticeRegister

from .large import LargeAdmin


@admin.register(Practice)
class PracticeAdmin(LargeAdmin):
    list_display = ["code", "name", "postcode", "area_code", "network_name", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["code__iexact", "name", "postcode__startswith"]
    exclude = ["point"]
    ordering = ["code"]


@admin.register(PracticeList)
class PracticeListAdmin(LargeAdmin):
    list_display = ["practice_code", "patients", "dataset"]
    search_fields = ["practice_code__iexact"]
    list_select_related = ["dataset"]
    ordering = ["-pk"]


@admin.register(PracticeRegister)
class PracticeRegisterAdmin(LargeAdmin):
    list_display = ["practice_code", "register", "period", "patients", "list_size", "list_type", "dataset", "line"]
    list_filter = ["list_type"]
    search_fields = ["practice_code__iexact", "register__iexact"]
    list_select_related = ["dataset"]
    ordering = ["-pk"]


@admin.register(PatientDistribution)
class PatientDistributionAdmin(LargeAdmin):
    list_display = ["holder_kind", "holder_code", "place_kind", "place_code", "patients", "share", "dataset"]
    list_filter = ["holder_kind", "place_kind"]
    search_fields = ["holder_code__iexact", "place_code__iexact"]
    list_select_related = ["dataset"]
    ordering = ["-pk"]
