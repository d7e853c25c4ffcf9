"""Feedback about a page: the form in the foot of every page, and the list for those who answer it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import audit
from accounts.access import RightMissing, allowed
from accounts.list_files import asked_kind, list_file_response
from accounts.list_files.words import filters_of
from accounts.people.limits import RefusedChange
from accounts.permissions import Permission

from ..feedback import services
from ..feedback.forms import AnswerForm, FeedbackFilter, FeedbackForm
from ..feedback.presenters import feedback_list, lines
from ..models import Feedback

PER_PAGE = 25
LATEST = 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request):
    """For everybody who is signed in: send some, and read what was answered to one's own."""
    form = FeedbackForm(request.POST or None, initial={"page": request.GET.get("page", "")})
    if request.method == "POST" and form.is_valid():
        try:
            services.send_feedback(by=request.user, organisation=request.organisation, **form.cleaned_data)
        except RefusedChange as refusal:
            form.add_error("text", str(refusal))
        else:
            if request.htmx:
                return render(request, "help/_feedback_sent.html")
            messages.success(request, "Thank you. Your message was sent.")
            return redirect("feedback")
    if request.htmx:
        return render(request, "help/_feedback_form.html", {"feedback_form": form, "in_foot": True})
    own = Feedback.objects.for_user(request.user)[:LATEST]  # unscoped: one's own, wherever one worked then
    context = {"feedback_form": form, "lines": lines(own)}
    return render(request, "help/feedback.html", context, status=422 if form.errors else 200)


def _read_by(request):
    """What this person answers: all of it for the platform's administrators, their own organisation's for others."""
    if allowed(request.user, Permission.MANAGE_ORGANISATIONS):
        return Feedback.objects.all()  # unscoped: whoever runs the platform answers what is about the portal
    if request.organisation is not None and allowed(request.user, Permission.MANAGE_ORGANISATION, request.organisation):
        return Feedback.objects.for_organisation(request.organisation)
    raise RightMissing(Permission.MANAGE_ORGANISATION)


@never_cache
@require_safe
def feedback_page(request):
    """What was sent, the newest first; as a file as well."""
    form = FeedbackFilter(request.GET)
    asked = {name: value for name, value in form.cleaned_data.items() if value} if form.is_valid() else {}
    found = _read_by(request).with_people().filter(**asked)
    if kind := asked_kind(request):
        audit.record_reading(request, "feedback.list", {one.written_by for one in found})
        place = str(request.organisation or "all organisations")
        return list_file_response(request, feedback_list(place, list(found), filters_of(form)), kind)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    audit.record_reading(request, "feedback.list", {one.written_by for one in page})
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "page": page,
        "lines": [line | {"answer": AnswerForm(auto_id=f"answer-{line['feedback'].pk}-%s")} for line in lines(page)],
        "query": query.urlencode(),
        "is_filtered": bool(asked),
    }
    return render(request, "help/feedback_list.html", context)


@require_POST
def answer(request, pk):
    """404 for feedback of other organisations."""
    found = get_object_or_404(_read_by(request).with_people(), pk=pk)
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            services.answer_feedback(feedback=found, by=request.user, **form.cleaned_data)
        except RefusedChange as refusal:
            form.add_error("text", str(refusal))
        else:
            messages.success(request, "The answer is sent.")
            return redirect("feedback-list")
    messages.error(request, " ".join(form.errors["text"]))
    return redirect("feedback-list")


@require_POST
def close(request, pk):
    found = get_object_or_404(_read_by(request).with_people(), pk=pk)
    try:
        services.close_feedback(feedback=found, by=request.user)
    except RefusedChange as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "Closed without an answer.")
    return redirect("feedback-list")
