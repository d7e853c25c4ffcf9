"""Words that the glossary explains, linked where they are used first.

{% load her_help %}{% term "Core20" %}          {% term "priority class" "classes" %}
"""

from django import template
from django.urls import reverse
from django.utils.html import format_html

from ..help.glossary import term as glossary_term

register = template.Library()


@register.simple_tag
def term(name, shown=""):
    """A link to the word in the glossary, as `shown`. KeyError for a word that it does not have."""
    found = glossary_term(name)
    address = f"{reverse('glossary')}#{found.slug}"
    return format_html('<a class="her-term" href="{}">{}</a>', address, shown or found.term)
