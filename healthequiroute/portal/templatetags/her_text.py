"""How words of people and machines break.

{{ person.email|email_in_parts }}     admin@<wbr>aldermoor<wbr>.example
"""

import re

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe

register = template.Library()
_WBR = mark_safe("<wbr>")
_JOINTS = re.compile(r"(?<=@)|(?<=[^.])(?=\.)")


@register.filter
def email_in_parts(address: str) -> SafeString:
    """The address, which may break behind the @ and before a full stop, so that no part of it is cut in two."""
    return format_html_join(_WBR, "{}", ((part,) for part in _JOINTS.split(address)))
