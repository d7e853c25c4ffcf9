"""What is known not to be accessible, why, and what stands in for it. Reviewed whenever the statement is made anew."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Known:
    """`criterion`: number and name in WCAG 2.2, "" for what lies outside; `because`: words of the Regulations."""

    what: str
    instead: str
    criterion: str = ""
    because: str = ""


KNOWN = (
    Known(
        "Areas on a map cannot take focus one by one.",
        "The map names the area at its centre, arrow keys move it, and the table beside it holds every area.",
        "1.1.1 Non-text content",
        "Maps that are not for finding one's way are outside the Regulations when the information is given otherwise.",
    ),
    Known(
        "The timeline of a visit plan scrolls sideways on a small screen.",
        "The tables below it hold the same times.",
        "1.4.10 Reflow",
        "It is two-dimensional by nature, which the criterion allows.",
    ),
    Known(
        "The administration pages are those of the Django framework.",
        "Platform administrators alone use them; loading data and looking after people work outside them.",
        "",
        "They have not been assessed by us.",
    ),
    Known(
        "The interactive description of the API is the page of Swagger UI.",
        "The same is in words under “What the API offers”, and as a file at /api/v1/schema/.",
        "",
        "Its inside has not been assessed by us.",
    ),
)
