"""Django admin for platform administrators. Every change made here leaves an audit event (accounts.signals)."""

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialApp, SocialToken
from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.contrib.auth.models import Group
from django.utils.decorators import method_decorator

from .forms import ChangeUserForm, NewUserForm
from .models import (
    ActorPseudonym,
    ApiKey,
    AuditEvent,
    Job,
    Membership,
    Notification,
    Organisation,
    TokenFamily,
    User,
)
from .read_only_admin import ReadOnlyAdmin
from .sessions.step_up import confirmed_recently

# One door: rate limits, failed attempts in the audit trail and Google apply here as well.
admin.site.login = secure_admin_login(admin.site.login)
# Deleting in bulk leaves no single entries, and is how a wrong filter becomes a disaster.
admin.site.disable_action("delete_selected")
# Rights come from roles in organisations.
admin.site.unregister(Group)
# These pages would show secrets, or change behind the services' back how somebody signs in. Google is configured by
# the environment.
for model in (Authenticator, EmailAddress, SocialApp, SocialToken):
    admin.site.unregister(model)


class MembershipInline(admin.TabularInline):
    """To be looked at: services alone know who may change which roles, and keep an administrator in each place."""

    model = Membership
    extra = 0
    fields = readonly_fields = ["organisation", "roles", "suspended_at", "suspended_until"]
    can_delete = False

    def has_add_permission(self, request, obj=None):
        return False


@method_decorator(confirmed_recently, name="changeform_view")
@method_decorator(confirmed_recently, name="user_change_password")
@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    form = ChangeUserForm
    add_form = NewUserForm
    ordering = ["email"]
    list_display = ["email", "full_name", "is_active", "is_platform_administrator", "is_demo", "last_login"]
    list_filter = ["is_active", "is_platform_administrator", "is_demo"]
    search_fields = ["email", "full_name"]
    filter_horizontal = []
    # Accounts are closed on the page of the person, which ends their sessions too.
    readonly_fields = ["last_login", "date_joined", "is_demo", "is_active"]
    fieldsets = [
        (None, {"fields": ["email", "full_name", "password"]}),
        ("Access", {"fields": ["is_active", "is_platform_administrator", "is_demo"]}),
        ("Dates", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "full_name", "usable_password", "password1", "password2"]})]
    inlines = [MembershipInline]

    def has_delete_permission(self, request, obj=None):
        # Close an account with "is active"; erasing a person is a procedure of its own.
        return False


@admin.register(Organisation)
class OrganisationAdmin(admin.ModelAdmin):
    """What has to be put right by hand; the rest is at /organisations/, with its first administrator."""

    list_display = ["name", "ods_code", "created_at", "suspended_at"]
    search_fields = ["name", "ods_code"]
    fields = ["name", "ods_code"]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        # Everything of an organisation would go with it.
        return False


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    list_display = ["user", "organisation", "role_names", "suspended_at"]
    list_filter = ["organisation"]
    list_select_related = ["user", "organisation"]
    search_fields = ["user__email", "user__full_name", "organisation__name"]
    # What administrators wrote down is read on their own page, by them.
    exclude = ["suspended_reason"]


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    list_display = ["sequence", "occurred_at", "action", "actor_kind", "actor_id", "target_type", "target_id"]
    list_filter = ["actor_kind", "action"]
    search_fields = ["actor_id", "target_id", "request_id"]
    date_hierarchy = "occurred_at"
    show_full_result_count = False
    exclude = ["digest", "previous_digest"]
    readonly_fields = ["digest_text", "previous_digest_text"]

    @admin.display(description="Digest (SHA-256)")
    def digest_text(self, event):
        return bytes(event.digest).hex()

    @admin.display(description="Digest of the entry before")
    def previous_digest_text(self, event):
        return bytes(event.previous_digest).hex()


@admin.register(Job)
class JobAdmin(ReadOnlyAdmin):
    list_display = ["title", "kind", "state", "progress", "organisation", "created_by", "created_at", "finished_at"]
    list_filter = ["state", "kind", "organisation"]
    list_select_related = ["organisation", "created_by"]
    search_fields = ["title", "id"]


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ["user", "text", "organisation", "created_at", "read_at"]
    list_select_related = ["user", "organisation"]
    search_fields = ["user__email", "text"]


@admin.register(ActorPseudonym)
class ActorPseudonymAdmin(ReadOnlyAdmin):
    list_display = ["actor_id", "user"]
    list_select_related = ["user"]
    search_fields = ["actor_id", "user__email"]


@admin.register(TokenFamily)
class TokenFamilyAdmin(ReadOnlyAdmin):
    """Who holds tokens until when. Tokens themselves are kept nowhere."""

    list_display = ["user", "started_at", "renewed_at", "expires_at", "ended_at", "ended_because"]
    list_filter = ["ended_because"]
    list_select_related = ["user"]
    search_fields = ["user__email"]
    exclude = ["current", "password_mark"]


@admin.register(ApiKey)
class ApiKeyAdmin(ReadOnlyAdmin):
    """Keys are made and revoked on the portal's pages, where the organisation's administrators are."""

    list_display = [
        "name",
        "prefix",
        "organisation",
        "made_by",
        "created_at",
        "expires_at",
        "last_used_at",
        "revoked_at",
    ]
    list_filter = ["organisation"]
    list_select_related = ["organisation", "made_by"]
    search_fields = ["name", "prefix"]
    exclude = ["secret_digest", "previous_digest"]
