"""A .dxi file becomes a draft."""

from django.contrib import messages
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from priorities import services
from priorities.dex.dxi import MAXIMUM_BYTES, DxiError

from .pages import render_page

UNREADABLE = 422


@require_http_methods(["GET", "HEAD", "POST"])
def import_version(request):
    problem = ""
    if request.method == "POST":
        problem, version = _import(request)
        if version is not None:
            messages.success(request, f"{version} was made from the file.")
            return redirect("admin:priorities_modelversion_change", version.pk)
    return render_page(
        request,
        "import_form.html",
        title="Import a model",
        problem=problem,
        name=request.POST.get("name", ""),
        reason=request.POST.get("reason", ""),
        status=UNREADABLE if problem else 200,
    )


def _import(request):
    upload = request.FILES.get("file")
    if upload is None:
        return "Choose a .dxi file.", None
    if upload.size > MAXIMUM_BYTES:
        return f"The file has {upload.size:,} bytes; at most {MAXIMUM_BYTES:,} are read.", None
    name, reason = (" ".join(request.POST.get(key, "").split()) for key in ("name", "reason"))
    try:
        return "", services.import_model(definition=upload.read(), by=request.user, name=name, reason=reason)
    except DxiError as fault:
        line = f" (line {fault.line})" if fault.line else ""
        return f"The file is no model that can be read. {fault}{line}", None
    except (services.ImportRefused, services.PublicationRefused) as refusal:
        return str(refusal), None
