"""Pages about API keys, for administrators of an organisation."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from ..access import requires
from ..list_files import asked_kind, list_file_response
from ..lists.own import key_list, use_list
from ..models import ApiKey
from ..people.limits import RefusedChange
from ..permissions import Permission
from ..sessions.step_up import confirmed_recently
from . import keys
from .forms import NewKeyForm
from .presenters import GRACE_HOURS, key_page, key_row


@require_GET
@requires(Permission.MANAGE_API_KEYS)
def api_keys(request):
    rows = [key_row(key) for key in _keys(request)]
    rows.sort(key=lambda row: not row.is_alive)
    if kind := asked_kind(request):
        return list_file_response(request, key_list(request.organisation, rows), kind)
    return render(request, "accounts/api_keys/list.html", {"rows": rows})


@never_cache
@requires(Permission.MANAGE_API_KEYS)
@confirmed_recently
@sensitive_variables("text")
def add(request):
    """The form; posted, the page that shows the new key this once."""
    scopes = keys.scopes_for(request.user, request.organisation)
    form = NewKeyForm(request.POST if request.method == "POST" else None, scopes=scopes)
    if request.method == "POST" and form.is_valid():
        try:
            key, text = keys.create_key(organisation=request.organisation, by=request.user, **form.values())
        except RefusedChange as refusal:
            form.add_error(None, str(refusal))
        else:
            return _shown_once(request, key, text)
    status = 422 if form.is_bound else 200
    return render(request, "accounts/api_keys/form.html", {"form": form, "scopes": scopes}, status=status)


@require_GET
@requires(Permission.MANAGE_API_KEYS)
def api_key(request, pk):
    key = _key(request, pk)
    page = key_page(key)
    if kind := asked_kind(request):
        return list_file_response(request, use_list(key, page.days), kind)
    context = {"page": page, "grace_hours": GRACE_HOURS}
    return render(request, "accounts/api_keys/key.html", context)


@never_cache
@require_POST
@requires(Permission.MANAGE_API_KEYS)
@confirmed_recently
@sensitive_variables("text")
def rotate(request, pk):
    key = _key(request, pk)
    try:
        text = keys.rotate_key(key=key, by=request.user)
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
        return redirect("api-key", pk=key.pk)
    return _shown_once(request, key, text, is_new_secret=True)


@require_POST
@requires(Permission.MANAGE_API_KEYS)
def revoke(request, pk):
    """Without a step-up: it takes power away, and may be in a hurry."""
    key = keys.revoke_key(key=_key(request, pk), by=request.user)
    messages.success(request, f"The API key “{key.name}” is revoked: every call with it is refused from now on.")
    return redirect("api-keys")


@sensitive_variables("text")
def _shown_once(request, key, text, is_new_secret=False):
    context = {"key": key, "text": text, "is_new_secret": is_new_secret, "grace_hours": GRACE_HOURS}
    return render(request, "accounts/api_keys/shown_once.html", context)


def _keys(request):
    return ApiKey.objects.for_organisation(request.organisation).select_related("organisation", "made_by")


def _key(request, pk):
    return get_object_or_404(_keys(request), pk=pk)
