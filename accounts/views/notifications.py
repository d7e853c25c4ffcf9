"""Messages to the signed-in person, and what they want to be told of."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ..access import requires
from ..list_files import asked_kind, list_file_response
from ..list_files.words import filters_of
from ..lists.own import message_list
from ..models import EmailDelivery, Notification
from ..notices import choices, preferences
from ..notices.forms import ChannelsForm, ListFilter, SettingsForm
from ..notices.kinds import all_kinds, kinds_for, kinds_of_organisations
from ..notices.presenters import days_of, email_rows
from ..notices.unsubscribing import StopRefused, read_stop
from ..permissions import Permission

PAGE_SIZE = 30
EMAILS_SHOWN = 20


@require_GET
def notifications(request):
    kinds = [(kind.code, kind.label) for kind in all_kinds()]
    form = ListFilter(request.GET or None, kinds=kinds)
    rows = Notification.objects.for_user(request.user).listed().select_related("organisation")
    if kind := asked_kind(request):
        return list_file_response(request, message_list(form.apply(rows), filters_of(form)), kind)
    page = Paginator(form.apply(rows), PAGE_SIZE).get_page(request.GET.get("page"))
    asked = {name: request.GET[name] for name in ("state", "kind", "period") if request.GET.get(name)}
    context = {"page": page, "days": days_of(page.object_list), "form": form, "asked": asked}
    context["query"] = "&".join(f"{name}={value}" for name, value in asked.items())
    context["undo"] = request.GET.get("undo", "")
    name = "accounts/notices/_list.html" if request.htmx else "accounts/notices/list.html"
    return render(request, name, context)


@require_GET
def notification(request, pk):
    """Read, and on to what it is about."""
    found = get_object_or_404(Notification.objects.for_user(request.user), pk=pk)
    preferences.mark_read(user=request.user, notification=found)
    safe = url_has_allowed_host_and_scheme(found.url, allowed_hosts=None)
    return redirect(found.url if found.url and safe else "notifications")


@require_POST
def mark_read(request):
    number, undo = preferences.mark_all_read(user=request.user)
    return redirect(reverse("notifications") + (f"?undo={undo}#marked-as-read" if number else ""))


@require_POST
def mark_unread(request):
    number = preferences.mark_unread_again(user=request.user, undo=request.POST.get("undo", ""))
    if number:
        messages.success(request, "What you had not read is marked as new again.")
    else:
        messages.error(request, "This cannot be undone any more.")
    return redirect("notifications")


@never_cache
@require_GET
def bell(request):
    """The link in the header alone, for scripts that ask now and then."""
    return render(request, "accounts/notices/_bell.html")


@require_http_methods(["GET", "POST"])
def notification_settings(request):
    kinds = kinds_for(request.user, request.organisation)
    own = choices.settings_of(request.user)
    defaults = choices.defaults_of(request.organisation)
    values = {kind.code: choices.chosen(kind, own.choices, defaults) for kind in kinds}
    initial = {name: getattr(own, name) for name in ("digest_hour", "digest_weekday", "quiet_from", "quiet_until")}
    form = SettingsForm(request.POST or None, kinds=kinds, values=values, initial=initial)
    if request.method == "POST" and form.is_valid():
        preferences.choose(user=request.user, organisation=request.organisation, **form.values())
        messages.success(request, "Your notification settings are saved.")
        return redirect("notification-settings")
    sent = EmailDelivery.objects.for_user(request.user).order_by("-created_at")[:EMAILS_SHOWN]
    context = {"form": form, "own": own, "emails": email_rows(sent)}
    return render(request, "accounts/notices/settings.html", context, status=422 if form.errors else 200)


@require_POST
def try_address_again(request):
    preferences.try_address_again(user=request.user)
    messages.success(request, "Emails are sent to you again.")
    return redirect("notification-settings")


@require_http_methods(["GET", "POST"])
@requires(Permission.MANAGE_ORGANISATION)
def notification_defaults(request):
    kinds = kinds_of_organisations()
    defaults = choices.defaults_of(request.organisation)
    values = {kind.code: choices.standard(kind, defaults) for kind in kinds}
    form = ChannelsForm(request.POST or None, kinds=kinds, values=values)
    if request.method == "POST" and form.is_valid():
        preferences.choose_defaults(organisation=request.organisation, choices=form.choices(), by=request.user)
        messages.success(request, "The organisation's notification settings are saved.")
        return redirect("notification-defaults")
    return render(request, "accounts/notices/defaults.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "POST"])
def stop(request, token):
    """The address in emails. Programs that look at links change nothing: only a POST does (RFC 8058)."""
    try:
        stop = read_stop(token)
    except StopRefused as refusal:
        return render(request, "accounts/notices/stop.html", {"refusal": str(refusal)}, status=404)
    if request.method == "POST":
        preferences.stop_emails(stop=stop)
        if request.POST.get("List-Unsubscribe") == "One-Click":
            return HttpResponse("Done.", content_type="text/plain")
    return render(request, "accounts/notices/stop.html", {"stop": stop, "done": request.method == "POST"})
