"""Pages about rules: one's own, and the organisation's for its administrators."""

from datetime import timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.access import allowed, requires
from accounts.models import NotificationRule
from accounts.notices.rules import delete_rule, save_rule, trigger_of
from accounts.people.limits import RefusedChange
from accounts.permissions import Permission
from priorities.notices.forms import RuleForm
from priorities.notices.wording import names_in, preview_words

PREVIEWED = timedelta(days=30)


@require_GET
@requires(Permission.VIEW_AREAS)
def rules(request):
    found = list(_rules(request))
    names = names_in(found)
    rows = [(rule, _described(rule, names), _may_change(request, rule)) for rule in found]
    return render(request, "priorities/notices/rules.html", {"rows": rows})


@requires(Permission.VIEW_AREAS)
def add(request):
    if request.organisation is None:
        raise PermissionDenied("Rules belong to an organisation: you work in none.")
    form = _form(request, request.POST or None, initial={"name": request.GET.get("name", "")} | _asked(request))
    if request.method == "POST" and form.is_valid():
        rule = form.rule(user=request.user)
        if "preview" in request.POST:
            return _page(request, form, preview=_preview(rule))
        try:
            save_rule(rule=rule, by=request.user)
        except RefusedChange as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"The rule “{rule.name}” is kept.")
            return redirect("notification-rules")
    return _page(request, form)


@requires(Permission.VIEW_AREAS)
def edit(request, pk):
    rule = _changeable(request, pk)
    form = _form(request, request.POST or None, initial=RuleForm.initial_of(rule))
    form.fields.pop("whose", None)
    if request.method == "POST" and form.is_valid():
        changed = form.rule(user=request.user, kept=rule)
        if "preview" in request.POST:
            return _page(request, form, rule, _preview(changed))
        save_rule(rule=changed, by=request.user)
        messages.success(request, f"The rule “{rule.name}” is changed.")
        return redirect("notification-rules")
    return _page(request, form, rule)


@require_POST
@requires(Permission.VIEW_AREAS)
def switch(request, pk):
    rule = _changeable(request, pk)
    rule.is_on = request.POST.get("on") == "yes"
    save_rule(rule=rule, by=request.user)
    messages.success(request, f"The rule “{rule.name}” is switched {'on' if rule.is_on else 'off'}.")
    return redirect("notification-rules")


@require_POST
@requires(Permission.VIEW_AREAS)
def delete(request, pk):
    rule = _changeable(request, pk)
    delete_rule(rule=rule, by=request.user)
    messages.success(request, f"The rule “{rule.name}” is deleted.")
    return redirect("notification-rules")


def _rules(request):
    here = NotificationRule.objects.filter(organisation=request.organisation)
    return here.filter(Q(user=request.user) | Q(user=None)).select_related("organisation").order_by("user", "name")


def _may_change(request, rule) -> bool:
    return rule.user_id == request.user.pk or allowed(
        request.user, Permission.MANAGE_ORGANISATION, request.organisation
    )


def _changeable(request, pk) -> NotificationRule:
    rule = get_object_or_404(_rules(request), pk=pk)
    if not _may_change(request, rule):
        raise PermissionDenied("Rules of the organisation are changed by its administrators.")
    return rule


def _form(request, data, initial) -> RuleForm:
    may_share = allowed(request.user, Permission.MANAGE_ORGANISATION, request.organisation)
    return RuleForm(data, organisation=request.organisation, may_share=may_share, initial=initial)


def _asked(request) -> dict:
    """What a link from another page asks for: the areas to watch."""
    areas = request.GET.get("areas", "")[:200]
    return {"areas": areas, "change": "changes"} if areas else {}


def _described(rule, names) -> str:
    trigger = trigger_of(rule)
    return trigger.describe(rule, names) if trigger else "What this rule watches is not part of the portal any more."


def _preview(rule) -> str:
    return preview_words(rule, trigger_of(rule).preview(rule, timezone.now() - PREVIEWED))


def _page(request, form, rule=None, preview=""):
    context = {"form": form, "rule": rule, "preview": preview}
    return render(request, "priorities/notices/form.html", context, status=422 if form.errors else 200)
