"""`{% list_file_links %}`: addresses of the list of this page as files."""

from django import template

from accounts.list_files.answers import links_of

register = template.Library()


@register.simple_tag(takes_context=True)
def list_file_links(context, query=None, at=""):
    """The kinds of file with the filters of the address; `query` (a query string) instead of those, `at` (a path) where
    the files have an address of their own.
    """
    return links_of(context["request"], query or None, at or "")
