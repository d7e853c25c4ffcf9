"""Long lists that were asked for: their progress, and the files."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from .. import jobs
from ..list_files import large
from ..list_files.streaming import download, pieces_of
from ..models import Job
from ..presenters import job_panel


@require_GET
def list_files(request):
    """Files that the reader asked for in this organisation."""
    jobs.mark_interrupted()
    found = large.of_user(request.user, request.organisation)
    rows = [each | {"panel": job_panel(each["job"], request.user)} for each in found]
    return render(request, "list_files/files.html", {"rows": rows})


@require_GET
def list_file(request, job_id):
    """One of them; 404 for everybody else's, for those whose right has ended, and once its day is over."""
    own = Job.objects.filter(created_by=request.user, kind=large.KIND)  # unscoped: the person's own
    job = get_object_or_404(own, pk=job_id)
    path = large.fresh(job)
    if path is None or not large.may_fetch(request.user, job):
        raise Http404("This file is not kept any more.")
    return download(request, pieces_of(path.open("rb")), job.result["name"])
