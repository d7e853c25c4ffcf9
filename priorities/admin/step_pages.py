"""One step in the life of a version: what it means, a reason where one is needed, and the button."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from accounts.sessions.step_up import confirmed_recently
from priorities import services
from priorities.computed_thresholds import ThresholdsNotComputable
from priorities.dex.model import ModelError
from priorities.threshold_proposals import proposal_for

from .pages import preview_of, render_page, version_or_404
from .steps import STEPS, needs_confirmation, steps_for
from .version_pages import changes_of, in_force_beside

UNREADABLE = 422
# Steps before which a person weighs what the version changes.
WEIGHED = ("propose", "publish", "return", "restore")
REFUSALS = (services.PublicationRefused, services.NothingToScore, ThresholdsNotComputable, ModelError)


# Steps that change what every organisation works with.
SENSITIVE = ("publish", "restore")


@require_http_methods(["GET", "HEAD", "POST"])
def step(request, pk, name):
    return (confirmed_recently(_step) if name in SENSITIVE else _step)(request, pk, name)


def _step(request, pk, name):
    version = version_or_404(pk)
    found = STEPS.get(name)
    if found is None:
        raise Http404("There is no such step.")
    if found not in steps_for(version, request.user):
        state = version.get_state_display().lower()
        messages.error(request, f"“{found.title}” is not possible for you now: {version} is {state}.")
        _note_refusal(request, version, found, f"not for them, {state}")
        return redirect("admin:priorities_modelversion_change", version.pk)
    text = " ".join(request.POST.get("text", "").split())
    problem = ""
    if request.method == "POST":
        problem = _problem(found, text)
        if not problem:
            answer = _take(request, version, found, text)
            if answer is not None:
                return answer
    other = in_force_beside(version)
    weighs = name in WEIGHED
    return render_page(
        request,
        "step_form.html",
        title=f"{found.title}: {version}",
        version=version,
        status=UNREADABLE if problem else 200,
        step=found,
        text=text,
        problem=problem,
        to_confirm=needs_confirmation(found, version),
        weighs=weighs,
        changes=changes_of(other, version) if other and weighs else (),
        in_force=other,
        preview=preview_of(version, version) if weighs else None,
    )


def _problem(found, text: str) -> str:
    if found.text is None:
        return ""
    if not text and found.text.is_required:
        return f"{found.text.label} Write it here."
    if len(text) > found.text.most:
        return f"This has {len(text):,} characters; at most {found.text.most:,} are possible."
    return ""


def _take(request, version, found, text: str):
    """The redirect to where the step led, or None when it was refused; the message says why."""
    try:
        result = found.run(version, request.user, text, "confirmed" in request.POST)
    except REFUSALS as refusal:
        messages.error(request, str(refusal))
        _note_refusal(request, version, found, type(refusal).__name__)
        return None
    messages.success(request, f"{result or version} {found.done}.")
    if result is None:
        return redirect("admin:priorities_modelversion_changelist")
    return redirect("admin:priorities_modelversion_change", result.pk)


def _note_refusal(request, version, found, reason: str) -> None:
    if request.method == "POST" and found.name in SENSITIVE:
        services.note_refusal(version=version, step=found.name, reason=reason, by=request.user)


@require_http_methods(["GET", "HEAD", "POST"])
def proposed_thresholds(request, pk):
    """What the thresholds would be from the data in force now; a person applies them to a draft, or does not."""
    version = version_or_404(pk)
    try:
        proposal = proposal_for(version)
    except (ThresholdsNotComputable, ModelError) as fault:
        messages.error(request, str(fault))
        return redirect("admin:priorities_modelversion_change", version.pk)
    if request.method == "POST":
        try:
            draft = _apply(request, version)
        except (*REFUSALS, ValueError) as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, f"{draft} has the thresholds that were proposed. Nobody is affected yet.")
            return redirect("admin:priorities_modelversion_change", draft.pk)
    return render_page(
        request,
        "thresholds_proposal.html",
        title=f"Thresholds from the data in force: {version}",
        version=version,
        proposal=proposal,
    )


def _apply(request, version):
    digest, chosen = request.POST.get("digest", ""), request.POST.getlist("input")
    if not version.is_draft:
        return services.draft_with_thresholds(version=version, by=request.user, digest=digest)
    if not chosen:
        raise services.PublicationRefused("Choose at least one input.")
    revision = request.POST.get("revision", "")
    if not (revision.isascii() and revision.isdigit()):
        raise services.PublicationRefused("This form does not say which state of the draft it shows. Open it again.")
    return services.apply_thresholds(
        version=version, by=request.user, revision=int(revision), digest=digest, attributes=chosen
    )
