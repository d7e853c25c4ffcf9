"""The control of a field with grouped or many choices.

Django's widget opens two templates for every option: 40 ms for 300 indicators, on pages that have two such fields.
"""

from collections.abc import Iterator

from django.forms.utils import flatatt
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe


def grouped_control(field, widget, choices: list, options: dict) -> SafeString:
    """A `select` with names, values and chosen options as Django's widget has them, looking as the component does."""
    has_hint, several = bool(options.get("hint", field.help_text)), widget.allow_multiple_selected
    css = ["nhsuk-select", *(["nhsuk-select--error"] if field.errors else []), options.get("classes", "")]
    described = [f"{field.auto_id}-{part}" for part, shown in (("hint", has_hint), ("error", field.errors)) if shown]
    attributes = widget.build_attrs(widget.attrs, field.build_widget_attrs({}, widget))
    attributes |= {"id": field.auto_id, "class": " ".join(filter(None, css)), "multiple": several}
    attributes |= {"aria-describedby": " ".join(described) or False}
    # What is missing is said beside the field, by the server.
    attributes.pop("required", None)
    inside = "".join(_groups(choices, set(widget.format_value(field.value())), several))
    return format_html(
        '<select name="{}"{}>{}</select>',
        field.html_name,
        flatatt({name: value for name, value in attributes.items() if value is not None}),
        mark_safe(inside),  # noqa: S308 - values, names and labels are escaped one by one
    )


def _groups(choices, wanted: set[str], several: bool) -> Iterator[str]:
    for value, label in choices:
        is_group = isinstance(label, list | tuple)
        if is_group:
            yield f'<optgroup label="{escape(value)}">'
        for key, text in label if is_group else [(value, label)]:
            key = "" if key is None else str(key)
            is_chosen = key in wanted
            if is_chosen and not several:
                # Of the same choice in two groups, the first.
                wanted = set()
            yield f'<option value="{escape(key)}"{" selected" if is_chosen else ""}>{escape(text)}</option>'
        if is_group:
            yield "</optgroup>"
