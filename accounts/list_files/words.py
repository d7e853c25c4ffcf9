"""Filters of a page in words, from its form."""

from django import forms


def filters_of(form, *, without=("sort", "page")) -> list[str]:
    """ "Role: Planner" for each filter in force of a bound form; what the form refused is in force nowhere."""
    if not form.is_bound:
        return []
    form.is_valid()
    found = []
    for name, field in form.fields.items():
        value = form.cleaned_data.get(name)
        if name in without or value in (None, "", False) or value == []:
            continue
        found.append(f"{field.label or name}: {_words(field, value)}")
    return found


def _words(field, value) -> str:
    if value is True:
        return "yes"
    if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
        chosen = value if isinstance(value, (list, tuple)) else [value]
        labels = {str(key): str(label) for key, label in field.choices if not isinstance(label, (list, tuple))}
        return ", ".join(labels.get(str(each), str(each)) for each in chosen)
    if hasattr(value, "all"):
        return ", ".join(str(each) for each in value.all())
    return ", ".join(map(str, value)) if isinstance(value, (list, tuple, set)) else str(value)
