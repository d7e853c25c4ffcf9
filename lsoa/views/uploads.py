"""Loading publications by page: hand in, rehearse, load, discard. For platform administrators."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import jobs
from accounts.access import requires
from accounts.permissions import Permission

from .. import services
from ..models import Upload
from ..presenters.uploads import UploadPage

SHOWN = 20


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.LOAD_DATA)
def load_data(request):
    """GET: the form and what was handed in lately. POST: take the files and rehearse them at once."""
    if request.method == "POST":
        return _receive(request)
    uploads = Upload.objects.of_platform().select_related("job", "created_by")[:SHOWN]
    limits = {"files": services.MOST_FILES, "megabytes": services.MOST_BYTES // 1024**2}
    return render(request, "lsoa/load_data.html", {"uploads": uploads, "limits": limits})


def _receive(request):
    try:
        upload = services.receive_files(files=request.FILES.getlist("files"), by=request.user)
        services.queue_upload(upload=upload, by=request.user, dry_run=True)
    except services.UploadRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("load-data")
    return redirect("load-data-upload", pk=upload.pk)


@never_cache
@require_safe
@requires(Permission.LOAD_DATA)
def upload(request, pk):
    """Progress, result of the rehearsal or the load, and what one can do next."""
    jobs.mark_interrupted()
    return render(request, "lsoa/upload.html", {"page": UploadPage(_upload(pk), request.user)})


@require_POST
@requires(Permission.LOAD_DATA)
def start(request, pk):
    """Load the files, or rehearse them again."""
    found = _upload(pk)
    try:
        services.queue_upload(upload=found, by=request.user, dry_run=request.POST.get("rehearse") == "1")
    except services.UploadRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("load-data-upload", pk=pk)


@require_POST
@requires(Permission.LOAD_DATA)
def discard(request, pk):
    try:
        services.discard_upload(upload=_upload(pk), by=request.user)
    except services.UploadRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("load-data-upload", pk=pk)
    messages.success(request, "The files have been removed. Nothing was loaded from them.")
    return redirect("load-data")


def _upload(pk) -> Upload:
    return get_object_or_404(Upload.objects.of_platform().select_related("job", "created_by", "organisation"), pk=pk)
