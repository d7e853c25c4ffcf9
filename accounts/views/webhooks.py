"""Pages about webhooks, for administrators of an organisation."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from ..access import requires
from ..models import WebhookDelivery, WebhookEndpoint
from ..notices import endpoints
from ..notices.events import all_events, event_type, example
from ..notices.forms import EndpointForm
from ..notices.presenters import delivery_rows, endpoint_row
from ..people.limits import RefusedChange
from ..permissions import Permission
from ..sessions.step_up import confirmed_recently

PAGE_SIZE = 25
GRACE_HOURS = int(endpoints.GRACE.total_seconds() // 3600)


@require_GET
@requires(Permission.MANAGE_WEBHOOKS)
def webhooks(request):
    rows = [endpoint_row(one) for one in _endpoints(request)]
    return render(request, "accounts/webhooks/list.html", {"rows": rows, "most": endpoints.MOST_ENDPOINTS})


@never_cache
@requires(Permission.MANAGE_WEBHOOKS)
@confirmed_recently
@sensitive_variables("secret")
def add(request):
    """The form; posted, the page that shows the secret this once."""
    form = EndpointForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            endpoint, secret = endpoints.create_endpoint(
                organisation=request.organisation, by=request.user, **form.cleaned_data
            )
        except RefusedChange as refusal:
            form.add_error(_field_of(refusal), str(refusal))
        else:
            return _shown_once(request, endpoint, secret)
    return render(request, "accounts/webhooks/form.html", {"form": form}, status=422 if form.errors else 200)


@requires(Permission.MANAGE_WEBHOOKS)
@confirmed_recently
def edit(request, pk):
    endpoint = _endpoint(request, pk)
    initial = {"name": endpoint.name, "url": endpoint.url, "events": endpoint.events}
    form = EndpointForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            endpoints.change_endpoint(endpoint=endpoint, by=request.user, **form.cleaned_data)
        except RefusedChange as refusal:
            form.add_error(_field_of(refusal), str(refusal))
        else:
            messages.success(request, f"The webhook “{form.cleaned_data['name']}” is changed.")
            return redirect("webhook", pk=endpoint.pk)
    context = {"form": form, "endpoint": endpoint}
    return render(request, "accounts/webhooks/form.html", context, status=422 if form.errors else 200)


@require_GET
@requires(Permission.MANAGE_WEBHOOKS)
def webhook(request, pk):
    endpoint = _endpoint(request, pk)
    deliveries = endpoint.deliveries.select_related("event").prefetch_related("tries")
    page = Paginator(deliveries, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = delivery_rows(page.object_list)
    context = {"row": endpoint_row(endpoint), "page": page, "deliveries": rows}
    context["is_awaited"] = any(one.is_awaited for one in rows)
    chosen = [event for event in all_events() if event.code in endpoint.events]
    context |= {"grace_hours": GRACE_HOURS, "examples": [(event, example(event)) for event in chosen]}
    return render(request, "accounts/webhooks/webhook.html", context)


@never_cache
@require_POST
@requires(Permission.MANAGE_WEBHOOKS)
@confirmed_recently
@sensitive_variables("secret")
def rotate(request, pk):
    endpoint = _endpoint(request, pk)
    secret = endpoints.rotate_secret(endpoint=endpoint, by=request.user)
    return _shown_once(request, endpoint, secret, is_new_secret=True)


@require_POST
@requires(Permission.MANAGE_WEBHOOKS)
def switch(request, pk):
    endpoint = endpoints.switch(endpoint=_endpoint(request, pk), on=request.POST.get("on") == "yes", by=request.user)
    words = "on" if endpoint.is_active else "off: nothing is sent until it is switched on again"
    messages.success(request, f"The webhook “{endpoint.name}” is switched {words}.")
    return redirect("webhook", pk=pk)


@require_POST
@requires(Permission.MANAGE_WEBHOOKS)
@confirmed_recently
def delete(request, pk):
    endpoint = _endpoint(request, pk)
    endpoints.delete_endpoint(endpoint=endpoint, by=request.user)
    messages.success(request, f"The webhook “{endpoint.name}” is deleted, with its log.")
    return redirect("webhooks")


@require_POST
@requires(Permission.MANAGE_WEBHOOKS)
def test(request, pk):
    return _send(request, pk, lambda endpoint: endpoints.send_test(endpoint=endpoint, by=request.user), "A test")


@require_POST
@requires(Permission.MANAGE_WEBHOOKS)
def send_again(request, pk, delivery_id):
    found = WebhookDelivery.objects.for_organisation(request.organisation).select_related("endpoint__organisation")
    delivery = get_object_or_404(found, endpoint=pk, pk=delivery_id)
    words = event_type(delivery.event.type)
    name = f"“{words.label}”" if words else "The event"
    return _send(request, pk, lambda _: endpoints.send_again(delivery=delivery, by=request.user), name)


def _send(request, pk, do, name):
    endpoint = _endpoint(request, pk)
    try:
        do(endpoint)
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{name} is on its way: what became of it is in the log within a minute.")
    return redirect("webhook", pk=pk)


@sensitive_variables("secret")
def _shown_once(request, endpoint, secret, is_new_secret=False):
    context = {"endpoint": endpoint, "secret": secret, "is_new_secret": is_new_secret, "grace_hours": GRACE_HOURS}
    return render(request, "accounts/webhooks/shown_once.html", context)


def _field_of(refusal: RefusedChange) -> str | None:
    words = str(refusal)
    if words.startswith("Another webhook"):
        return "name"
    return "events" if words.startswith("Choose") else "url" if "webhooks already" not in words else None


def _endpoints(request):
    return WebhookEndpoint.objects.for_organisation(request.organisation).select_related("organisation")


def _endpoint(request, pk):
    return get_object_or_404(_endpoints(request), pk=pk)
