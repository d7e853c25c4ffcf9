"""The Django admin of rows that only services write."""

from django.contrib import admin


class ReadOnlyAdmin(admin.ModelAdmin):
    """Looked at here, changed in the portal or by a command, each time with an audit event."""

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
