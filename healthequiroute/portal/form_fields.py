"""Django form fields as parameters of NHS.UK frontend components.

Django decides names, values, errors and ids; the component decides the markup. No renderer of ours writes
HTML but that of grouped and of long lists of choices (`grouped_select`).
"""

from django import forms
from django.utils.safestring import SafeString

from .form_errors import messages_of
from .grouped_select import grouped_control

# Attributes that the component sets itself; everything else on a widget is passed through.
_OWN_ATTRIBUTES = {
    "id",
    "class",
    "name",
    "type",
    "value",
    "rows",
    "required",
    "disabled",
    "aria-describedby",
    "aria-invalid",
}

# Not of the NHS.UK library: `layouts/_grouped_select.html`.
GROUPED_SELECT = "grouped-select"
LONG_LIST = 15


def component_for(field, **options) -> tuple[str, dict]:
    """(component, parameters) of a bound field.

    Options: `classes` (on the control), `legend_size` and `label_size` ("s", "m", "l"), `label_hidden`,
    `legend_hidden`, `small` (boxes and circles; True unless told), `inline`, `hint`, `mark_optional`, `group_classes`.
    A form field of choices may have `choice_hints`: value -> what it means, in a line below its label.
    """
    widget = field.field.widget
    # Order matters: RadioSelect and CheckboxSelectMultiple are Selects, FileInput is an Input.
    for kind, build in (
        (forms.SelectDateWidget, _date),
        (forms.CheckboxSelectMultiple, _checkboxes),
        (forms.RadioSelect, _radios),
        (forms.CheckboxInput, _single_checkbox),
        (forms.Select, _select),
        (forms.Textarea, _textarea),
        (forms.FileInput, _file),
        (forms.widgets.Input, _input),
    ):
        if isinstance(widget, kind):
            component, params = build(field, widget, options)
            return component, {key: value for key, value in params.items() if value not in (None, "", {})}
    raise TypeError(f"No NHS.UK component for {type(widget).__name__} of {field.html_name}")


def error_links(form) -> list[dict]:
    """Errors of a form or of all its fields in field order, each linking to its control."""
    links = [_text_or_html(error) for error in form.non_field_errors()]
    for field in form:
        links += [_text_or_html(error) | {"href": f"#{_first_id(field)}"} for error in messages_of(field)]
    return links


def _first_id(field) -> str:
    if isinstance(field.field.widget, forms.SelectDateWidget):
        return f"{field.auto_id}_day"
    return field.auto_id


def _text_or_html(value) -> dict:
    return {"html": value} if isinstance(value, SafeString) else {"text": str(value)}


def _common(field, options) -> dict:
    hint = options.get("hint", field.help_text)
    return {
        "name": field.html_name,
        "hint": _text_or_html(hint) if hint else None,
        "errorMessage": _text_or_html(messages_of(field)[0]) if field.errors else None,
        "formGroup": {"classes": options["group_classes"]} if options.get("group_classes") else None,
    }


def _label(field, options) -> dict:
    size = options.get("label_size")
    text = field.label
    if not field.field.required and options.get("mark_optional"):
        text = f"{text} (optional)"
    classes = "nhsuk-u-visually-hidden" if options.get("label_hidden") else f"nhsuk-label--{size}" if size else ""
    return {"text": text, "classes": classes}


def _legend(field, options) -> dict:
    size = options.get("legend_size", "s")
    # Under a heading that says the same.
    classes = "nhsuk-u-visually-hidden" if options.get("legend_hidden") else f"nhsuk-fieldset__legend--{size}"
    return {"legend": {"text": field.label, "classes": classes}}


def _attributes(widget, field) -> dict:
    return {
        key: True if value is True else str(value)
        for key, value in field.build_widget_attrs(widget.attrs).items()
        if key not in _OWN_ATTRIBUTES and value is not False and value is not None
    }


def _value(field, widget) -> str:
    """The value as the widget would show it: localised, and as entered when the form was refused."""
    value = widget.format_value(field.value())
    return "" if value is None else str(value)


def _input(field, widget, options):
    # With a button that shows what was typed; without JavaScript it is an input like any other.
    component = "password-input" if widget.input_type == "password" else "input"
    return component, _common(field, options) | {
        "id": field.auto_id,
        "label": _label(field, options),
        "type": widget.input_type,
        # A password is never sent back.
        "value": "" if widget.input_type == "password" and not widget.render_value else _value(field, widget),
        "classes": options.get("classes", ""),
        "autocomplete": widget.attrs.get("autocomplete"),
        "inputmode": widget.attrs.get("inputmode"),
        "spellcheck": False if widget.input_type in ("email", "password") else None,
        "disabled": field.field.disabled or None,
        "attributes": {
            key: value for key, value in _attributes(widget, field).items() if key not in ("autocomplete", "inputmode")
        },
    }


def _textarea(field, widget, options):
    return "textarea", _common(field, options) | {
        "id": field.auto_id,
        "label": _label(field, options),
        "value": _value(field, widget),
        "rows": widget.attrs.get("rows", 4),
        "classes": options.get("classes", ""),
        "disabled": field.field.disabled or None,
        "attributes": {key: value for key, value in _attributes(widget, field).items() if key != "cols"},
    }


def _file(field, widget, options):
    return "file-upload", _common(field, options) | {
        "id": field.auto_id,
        "label": _label(field, options),
        "classes": options.get("classes", ""),
        "attributes": _attributes(widget, field),
    }


def _choices(field):
    """(value, label, chosen) of every choice; groups are flattened, since radios and checkboxes have none."""
    chosen = field.value()
    chosen = (
        {str(v) for v in chosen} if isinstance(chosen, list | tuple | set) else {"" if chosen is None else str(chosen)}
    )
    for value, label in field.field.widget.choices:
        options = label if isinstance(label, list | tuple) else [(value, label)]
        for option_value, option_label in options:
            text = "" if option_value is None else str(option_value)
            yield text, option_label, text in chosen


def _select(field, widget, options):
    common = _common(field, options) | {"id": field.auto_id, "label": _label(field, options)}
    choices = list(widget.choices)
    if len(choices) > LONG_LIST or any(isinstance(label, list | tuple) for _, label in choices):
        # The component has no groups, and takes a sixth of a millisecond for each option.
        return GROUPED_SELECT, common | {"control": grouped_control(field, widget, choices, options)}
    return "select", common | {
        "items": [{"value": v, "text": str(label), "selected": chosen} for v, label, chosen in _choices(field)],
        "classes": options.get("classes", ""),
        "disabled": field.field.disabled or None,
        "attributes": _attributes(widget, field) | ({"multiple": True} if widget.allow_multiple_selected else {}),
    }


def _options(field, options):
    hints = getattr(field.field, "choice_hints", {})
    return [
        {"value": v, "checked": chosen, **_text_or_html(label)} | ({"hint": {"text": hints[v]}} if v in hints else {})
        for v, label, chosen in _choices(field)
        if v or options.get("empty")
    ]


def _group(field, widget, options):
    return _common(field, options) | {
        "idPrefix": field.auto_id,
        "fieldset": _legend(field, options),
        "items": _options(field, options),
        "small": options.get("small", True) or None,
        "classes": options.get("classes", ""),
    }


def _radios(field, widget, options):
    return "radios", _group(field, widget, options | {"empty": True}) | {"inline": options.get("inline") or None}


def _checkboxes(field, widget, options):
    return "checkboxes", _group(field, widget, options)


def _single_checkbox(field, widget, options):
    common = _common(field, options)
    item = {"value": "on", "checked": bool(field.value()), "text": field.label, "id": field.auto_id}
    # Below its own box: above it the hint would seem to belong to the field before.
    item |= {"hint": common.pop("hint")}
    return "checkboxes", common | {
        "idPrefix": field.auto_id,
        "items": [item],
        "small": options.get("small", True) or None,
        "classes": options.get("classes", ""),
    }


def _date(field, widget, options):
    parts = _date_parts(field, widget)
    error = "nhsuk-input--error" if field.errors else ""
    items = [
        {
            "id": f"{field.auto_id}_{part}",
            "name": f"{field.html_name}_{part}",
            "label": part.capitalize(),
            "value": parts[part],
            "classes": f"nhsuk-input--width-{4 if part == 'year' else 2} {error}".strip(),
        }
        for part in ("day", "month", "year")
    ]
    common = _common(field, options)
    common.pop("name")
    return "date-input", common | {"id": field.auto_id, "fieldset": _legend(field, options), "items": items}


def _date_parts(field, widget) -> dict[str, str]:
    """What was entered, part by part, even where it is no date."""
    form = field.form
    if form.is_bound:
        return {part: form.data.get(f"{field.html_name}_{part}", "") for part in ("day", "month", "year")}
    value = widget.format_value(field.value())
    return {part: "" if value.get(part) in (None, "") else str(value[part]) for part in ("day", "month", "year")}
