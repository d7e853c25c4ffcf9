"""Any list of the portal as a file: CSV, Excel, PDF, or a page for paper.

A view says what its list is (`ListFile`: name, title, columns, rows, notes) and answers `?file=csv` on its own address:

    if kind := asked_kind(request):
        return list_file_response(request, people_list(found), kind)

so that permission, organisation and filters are those of the page. See docs/reports.md.
"""

from .answers import asked_kind, list_file_response
from .columns import Column, Kind
from .listing import ListFile, Notes

__all__ = ["Column", "Kind", "ListFile", "Notes", "asked_kind", "list_file_response"]
