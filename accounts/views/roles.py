"""One page that says what each role may do."""

from django.shortcuts import render
from django.views.decorators.http import require_GET

from .. import audit
from ..access import allowed, requires
from ..list_files import asked_kind, list_file_response
from ..lists.people import role_list
from ..people import role_matrix
from ..permissions import Permission


@require_GET
@requires(Permission.VIEW_AREAS)
def roles(request):
    """Rights by role, what takes two people, who holds which role here, and which the reader holds."""
    rights = (Permission.MANAGE_MEMBERS, Permission.VIEW_AUDIT)
    all_names = any(allowed(request.user, permission, request.organisation) for permission in rights)
    holders = role_matrix.holders(request.organisation, request.user, all_names=all_names)
    audit.record_reading(request, "roles", [user for each in holders for user in each.users])
    context = {
        "groups": role_matrix.groups(),
        "columns": role_matrix.columns(),
        "together": role_matrix.TOGETHER,
        "holders": holders,
        "mine": [each.role.label for each in holders if each.is_mine],
        "all_names": all_names,
        "may_manage": allowed(request.user, Permission.MANAGE_MEMBERS, request.organisation),
        "platform": role_matrix.PLATFORM,
    }
    return render(request, "accounts/roles.html", context)


@require_GET
@requires(Permission.VIEW_AREAS)
def roles_csv(request):
    return list_file_response(request, role_list(), asked_kind(request) or "csv")
