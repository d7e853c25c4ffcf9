"""NHS.UK frontend components in Django templates.

    {% nhsuk "tag" text="Core20" classes="her-tag--core20" %}
    {% nhsuk "inset-text" html=some_safe_string %}
    {% nhsuk "details" summaryText="How to read this" html=body %}      names as in the NHS.UK manual; `a__b=` nests
    {% nhsuk_errors form %}                                            error summary, links to the fields
    {% nhsuk_field form.day legend_size="m" %}                         a Django form field

The components are the Jinja macros of nhsuk-frontend-jinja: their `text` is escaped by Jinja, their `html` is put in
as it is, so only strings that Django holds to be safe get there unescaped.
"""

import json
import re
from functools import cache, lru_cache
from html import escape

from django import template
from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from jinja2 import ChainableUndefined, Environment, PackageLoader

from ..form_fields import GROUPED_SELECT, component_for, error_links

register = template.Library()

# A page shows the same components again and again, and each takes milliseconds: their shape stays in the memory of the
# process. Every text is left out of it, since it may name a person; only what stands here is part of a shape.
KEPT = {"button", "checkboxes", "date-input", "input", "password-input", "radios", "select", "tag", "textarea"}
SHAPES = {
    "autocomplete", "classes", "describedBy", "element", "for", "headingLevel", "id", "idPrefix", "inputmode", "name",
    "size", "type",
}  # fmt: skip
# The place of a text: its number between two characters that no name, class or identifier has.
PLACE = re.compile("\ue000(\\d+)\ue001")
MOST_KEPT = 1_000


@cache
def _environment() -> Environment:
    # The files of a package stay as they are: a page looked after up to fifty of them.
    loader = PackageLoader("nhsuk_frontend_jinja")
    return Environment(loader=loader, autoescape=True, undefined=ChainableUndefined, auto_reload=False)


@cache
def _macro(component: str):
    first, *rest = component.split("-")
    module = _environment().get_template(f"nhsuk/components/{component}/macro.jinja").module
    return getattr(module, first + "".join(part.capitalize() for part in rest))


def prepare_components() -> None:
    """Compile the components that most pages have."""
    for component in (*KEPT, "details", "error-summary", "file-upload", "inset-text"):
        _macro(component)


def render_component(component: str, params: dict) -> SafeString:
    """HTML of one component. jinja2.TemplateNotFound for an unknown one."""
    # With a `value` of the whole, the texts of its options are compared: each answer has a shape of its own.
    if component not in KEPT or ("items" in params and params.keys() & {"value", "values"}):
        return mark_safe(_macro(component)(_made_safe(params)))  # noqa: S308 - the macros escape what is not `html`
    texts: list[str] = []
    shape = _shape(component, json.dumps(_made_safe(params, texts=texts)))
    return mark_safe(PLACE.sub(lambda found: texts[int(found[1])], shape))  # noqa: S308 - escaped one by one


@lru_cache(maxsize=MOST_KEPT)
def _shape(component: str, params: str) -> str:
    """HTML of a component with the places of its texts. The last ones stay in memory."""
    return str(_macro(component)(json.loads(params)))


def _made_safe(value, key="", texts=None):
    """Plain containers with every `html` escaped unless it is safe already; lazy texts become strings. With a list of
    `texts`, each text is appended to it as HTML, and its place stands in the containers.
    """
    if isinstance(value, dict):
        return {name: _made_safe(item, name, texts) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_made_safe(item, key, texts) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    # Components treat a safe `text` as HTML; Django's notion of safe must not widen what they escape.
    plain = conditional_escape(value) if key == "html" else str.__str__(str(value))
    # Whether there is a text decides what is shown.
    if texts is None or not plain or key in SHAPES:
        return plain
    texts.append(plain if key == "html" else escape(plain))
    return f"\ue000{len(texts) - 1}\ue001"


def nested(params: dict) -> dict:
    """`{"label__text": "Day"}` becomes `{"label": {"text": "Day"}}`."""
    result: dict = {}
    for name, value in params.items():
        *path, last = name.split("__")
        place = result
        for step in path:
            place = place.setdefault(step, {})
        place[last] = value
    return result


@register.simple_tag
def nhsuk(component, **params):
    """One component by its name in the NHS.UK manual."""
    return render_component(component, nested(params))


@register.simple_tag
def nhsuk_field(field, **options):
    """A bound form field with label, hint, error and control."""
    component, params = component_for(field, **options)
    if component == GROUPED_SELECT:
        return render_to_string("layouts/_grouped_select.html", params)
    return render_component(component, params)


@register.simple_tag
def nhsuk_errors(*forms, title="There is a problem"):
    """The error summary of one or several forms, or lists of forms; nothing where there is no error."""
    flat = [form for each in forms for form in (each if isinstance(each, list) else [each])]
    links = [link for form in flat if form is not None and form.is_bound for link in error_links(form)]
    if not links:
        return ""
    return render_component("error-summary", {"titleText": title, "errorList": links})
