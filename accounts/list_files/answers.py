"""The answer to `?file=`: the list of a page as a file, after the trail has who took what."""

from io import BytesIO

from django.contrib import messages
from django.http import QueryDict
from django.shortcuts import redirect, render

from accounts import audit

from .csv_file import csv_pieces
from .listing import ListFile
from .paper import context_of
from .streaming import download, pieces_of
from .xlsx_file import write_xlsx

PARAMETER = "file"
# Parameters that turn pages: a file holds all of them.
PAGERS = ("page", "before", "after")
# Words of the links, and how a sentence calls each kind.
KINDS = {"csv": "CSV", "xlsx": "Excel", "pdf": "PDF", "print": "print"}
NAMES = {"csv": "A CSV file", "xlsx": "An Excel file", "pdf": "A PDF file", "print": "A page for paper"}
# Rows that somebody can wait for. CSV is sent while it is read; a page of a PDF takes a fifth of a second.
MOST_ROWS = {"xlsx": 20_000, "pdf": 500, "print": 5_000}
# A second of an Excel file, or so.
MOST_CELLS = 200_000


def asked_kind(request) -> str:
    """The kind of file that the address asks for; "" for the page itself, also for a kind that there is not."""
    kind = request.GET.get(PARAMETER, "")
    return kind if kind in KINDS else ""


def links_of(request, query: str | None = None, at: str = "") -> list[dict]:
    """{"url", "text", "is_page"} of each kind: the address of the page (or `at`) with its filters, the whole list."""
    values = request.GET.copy() if query is None else QueryDict(query, mutable=True)
    for name in (PARAMETER, *PAGERS):
        values.pop(name, None)
    found = []
    for kind, text in KINDS.items():
        values[PARAMETER] = kind
        found.append({"url": f"{at}?{values.urlencode()}", "text": text, "is_page": kind == "print"})
    return found


def list_file_response(request, listed: ListFile, kind: str):
    """The list as `csv`, `xlsx`, `pdf` or `print`; KeyError for another kind. What is too long to wait for is made by a
    worker where the list says how, and refused with what can be done instead (422) where it does not.

    The view has decided that the reader may see it, and records whom it shows (`audit.record_reading`).
    """
    if kind not in KINDS:
        raise KeyError(kind)
    most = _most(listed, kind)
    if most is not None and (listed.number is None or listed.number > most):
        if listed.again is not None and kind != "print":
            return _queued(request, listed, kind)
        if listed.number is not None:
            return _too_long(request, listed, kind, most)
    taken(listed, kind, by=request.user, organisation=request.organisation)
    if kind == "csv":
        return download(request, csv_pieces(listed, notes=request.GET.get("notes") != "0"), listed.file_name("csv"))
    if kind == "print":
        return render(request, "list_files/print.html", context_of(listed) | {"back": back_of(request)})
    file = BytesIO()
    write(listed, kind, file)
    return download(request, pieces_of(file), listed.file_name(kind))


def _most(listed, kind) -> int | None:
    """Rows that somebody can wait for; None: any number."""
    most = MOST_ROWS.get(kind)
    return min(most, MOST_CELLS // len(listed.columns)) if kind == "xlsx" else most


def write(listed: ListFile, kind: str, file) -> None:
    """The list into an open binary file, as `xlsx` or `pdf`."""
    if kind == "xlsx":
        write_xlsx(listed, file)
    else:
        # A second of loading that most processes never need.
        from .pdf_file import list_pdf

        file.write(list_pdf(listed))


def taken(listed: ListFile, kind: str, *, by, organisation) -> None:
    """Say in the trail that somebody took the list: its name, kind and length, never what is in it."""
    details = {"list": listed.name, "kind": kind, "filters": len(listed.notes.filters)}
    if listed.number is not None:
        details["rows"] = listed.number
    audit.record(action="list.exported", by=by, organisation=organisation, details=details)


def back_of(request) -> str:
    """The address of the page that the file was asked from."""
    values = request.GET.copy()
    values.pop(PARAMETER, None)
    return f"{request.path}?{values.urlencode()}" if values else request.path


def _queued(request, listed, kind):
    # Here, since jobs know the registry of lists and not the other way round.
    from . import large

    try:
        large.ask(listed=listed, kind=kind, by=request.user, organisation=request.organisation)
        messages.success(request, "The list is long: your file is being made. You find it below.")
    except (large.TooManyAtOnce, large.jobs.OrganisationSuspended) as refusal:
        messages.error(request, str(refusal))
    return redirect("list-files")


def _too_long(request, listed, kind, most):
    others = [link for link in links_of(request) if link["text"] != KINDS[kind] and not link["is_page"]]
    fitting = [each for each in MOST_ROWS if listed.number <= _most(listed, each)]
    words = {KINDS["csv"], *(KINDS[each] for each in fitting)}
    links = [link | {"text": f"Take it as {link['text']}"} for link in others if link["text"] in words]
    context = {
        "listed": listed,
        "number": f"{listed.number:,}",
        "most": f"{most:,}",
        "kind_name": NAMES[kind],
        "links": links,
        "back": back_of(request),
    }
    return render(request, "list_files/too_long.html", context, status=422)
