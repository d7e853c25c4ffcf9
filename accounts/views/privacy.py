"""What is kept about people, copies of it, and erasure."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET

from .. import audit
from ..access import requires
from ..field_words import words_by_name
from ..models import Job, User
from ..permissions import Permission
from ..privacy import presenter, subject_copies
from ..privacy.erasure import ErasureReason, ErasureRefused, erase_person, preview
from ..privacy.subjects import ACCOUNT, Person, person_of_account
from ..sessions.step_up import confirmed_recently


@require_GET
def privacy(request):
    return render(request, "accounts/privacy/privacy.html", {"tables": presenter.tables()})


@confirmed_recently
def my_data(request):
    if request.method == "POST":
        return copy_asked_for(request, person_of_account(request.user), "Your copy is being made. You find it below.")
    return render(request, "accounts/privacy/my_data.html", {"copies": subject_copies.of_user(request.user)})


def copy_asked_for(request, person: Person, done: str):
    """Has the copy made, and leads to where it will lie."""
    try:
        subject_copies.ask_for_copy(person=person, by=request.user, organisation=request.organisation)
        messages.success(request, done)
    except subject_copies.CopyUnderWay as error:
        messages.info(request, str(error))
    return redirect("my-data")


@require_GET
@confirmed_recently
def my_data_file(request, job_id):
    """The file of a copy that the person asked for themselves; 404 for everybody else's, and once its day is over."""
    own = Job.objects.filter(created_by=request.user, kind=subject_copies.KIND)  # unscoped: the person's own
    job = get_object_or_404(own, pk=job_id)
    content = subject_copies.fetch(user=request.user, job=job)
    if content is None:
        raise Http404("This copy is not kept any more.")
    answer = HttpResponse(content, content_type="application/zip")
    is_own = job.payload["subject"] == [ACCOUNT, str(request.user.pk)]
    answer["Content-Disposition"] = f'attachment; filename="{"my-data" if is_own else "copy-of-data"}.zip"'
    answer["Cache-Control"] = "no-store"
    return answer


@requires(Permission.MANAGE_PEOPLE)
@confirmed_recently
def erase_account(request, pk):
    user = get_object_or_404(User, pk=pk)
    return erasure_page(request, person_of_account(user), name=str(user), back=reverse("person", args=[pk]))


def erasure_page(request, person: Person, *, name: str, back: str, organisation=None):
    """Two steps: what will happen and why, then the word typed. Nothing happens before both."""
    reason, problem = request.POST.get("reason", ""), ""
    confirming = request.method == "POST" and reason in ErasureReason.values
    if request.method == "POST" and not confirming:
        problem = "Choose why this person is erased."
    elif confirming and request.POST.get("step") == "erase":
        if request.POST.get("typed", "").strip() != "ERASE":
            problem = "Type ERASE, in capital letters, to confirm."
        else:
            try:
                erase_person(person=person, by=request.user, reason=reason, organisation=organisation)
            except ErasureRefused as refused:
                problem = str(refused)
            else:
                messages.success(request, "The person was erased.")
                return redirect("home")
    told = preview(person, by=request.user)
    audit.record_reading(request, "privacy.erasure_preview", [person.account] if person.account else [])
    context = {
        "name": name,
        "back": back,
        "told": told,
        "effects": [(words_by_name(name), effect, rows) for name, effect, rows in told.effects],
        "has_account": person.account is not None,
        "reason": reason,
        "problem": problem,
        "confirming": confirming,
        "reasons": ErasureReason.choices,
    }
    return render(request, "accounts/privacy/erase.html", context, status=422 if problem else 200)
