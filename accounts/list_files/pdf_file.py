"""HTML as PDF/UA-1: tagged, with title and language, so that screen readers can read it. Nothing is fetched."""

from functools import cache
from pathlib import Path

from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from .listing import ListFile
from .paper import context_of


class NothingIsFetched(URLFetcher):
    """A document that asks for anything outside of itself is refused: it would tell others who reads what."""

    def fetch(self, url, headers=None):
        if url.startswith("data:"):
            return super().fetch(url, headers)
        raise FatalURLFetchingError(f"A document may not fetch {url.partition(':')[0]} addresses.")


def list_pdf(listed: ListFile) -> bytes:
    return pdf_of(render_to_string("list_files/sheet.html", context_of(listed)))


def pdf_of(html: str) -> bytes:
    """A whole HTML document (title, lang) as PDF/UA-1. FatalURLFetchingError where it asks for something outside."""
    document = HTML(string=html, url_fetcher=NothingIsFetched())
    return document.write_pdf(
        stylesheets=[_style()], font_config=_fonts(), pdf_variant="pdf/ua-1", pdf_tags=True, custom_metadata=False
    )


@cache
def _fonts() -> FontConfiguration:
    return FontConfiguration()


@cache
def _style() -> CSS:
    return CSS(string=(Path(__file__).parent / "sheet.css").read_text(), font_config=_fonts())
