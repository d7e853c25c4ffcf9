"""Form fields as NHS.UK components: names, errors and values are Django's, and nothing gets out unescaped."""

import re
from html import unescape

import pytest
from django import forms
from django.template import Context, Template
from django.utils.safestring import mark_safe

from healthequiroute.portal.form_fields import component_for
from healthequiroute.portal.templatetags import nhsuk
from healthequiroute.portal.templatetags.nhsuk import nested, render_component

EVIL = '<script>alert("1")</script>'


class PlanForm(forms.Form):
    name = forms.CharField(help_text="As on the rota")
    note = forms.CharField(widget=forms.Textarea, required=False)
    team = forms.ChoiceField(choices=[("a", "North"), ("b", EVIL)])
    source = forms.ChoiceField(choices=[("p", "Priorities"), ("f", "A file")], widget=forms.RadioSelect)
    skills = forms.MultipleChoiceField(
        choices=[("w", "Wound care"), ("i", "Insulin")], widget=forms.CheckboxSelectMultiple
    )
    agree = forms.BooleanField(label="I agree", required=False)
    day = forms.DateField(widget=forms.SelectDateWidget)
    file = forms.FileField(required=False)
    secret = forms.CharField(widget=forms.PasswordInput)


def render(text, **context):
    return Template("{% load nhsuk %}" + text).render(Context(context))


def field(form, name, options=""):
    return render("{% nhsuk_field form." + name + " " + options + " %}", form=form)


def test_text_of_a_component_is_escaped():
    assert EVIL not in render('{% nhsuk "tag" text=evil %}', evil=EVIL)


def test_text_that_claims_to_be_safe_is_escaped_all_the_same():
    assert EVIL not in render('{% nhsuk "tag" text=evil %}', evil=mark_safe(EVIL))


def test_html_is_put_in_only_when_django_holds_it_to_be_safe():
    assert EVIL not in render('{% nhsuk "inset-text" html=evil %}', evil=EVIL)
    assert "<b>bold</b>" in render('{% nhsuk "inset-text" html=fine %}', fine=mark_safe("<b>bold</b>"))


def test_nested_parameters():
    assert nested({"label__text": "Day", "label__classes": "x", "id": 1}) == {
        "label": {"text": "Day", "classes": "x"},
        "id": 1,
    }


@pytest.mark.parametrize("name", PlanForm.base_fields)
def test_every_kind_of_field_has_its_name_and_a_label(name):
    html = field(PlanForm(), name)
    assert f'name="{name}' in html
    assert "<label" in html
    # A control is labelled by its own label.
    assert f'for="id_{name}' in html


def test_hints_and_errors_are_tied_to_the_control():
    html = field(PlanForm({}), "name")
    assert "As on the rota" in html
    assert 'aria-describedby="id_name-hint id_name-error"' in html
    assert "Enter the name." in html


def test_what_was_entered_comes_back_escaped():
    html = field(PlanForm({"name": EVIL}), "name")
    assert EVIL not in html
    assert "&lt;script&gt;" in html


def test_labels_of_choices_are_escaped():
    assert EVIL not in field(PlanForm(), "team")


def test_chosen_options_stay_chosen():
    form = PlanForm({"team": "a", "source": "f", "skills": ["i"], "agree": "on"})
    assert re.search(r'value="a"\s+selected', field(form, "team"))
    assert field(form, "source").count(" checked") == 1
    assert 'value="i" checked' in field(form, "skills")
    assert " checked" in field(form, "agree")


def test_a_refused_date_keeps_its_parts():
    html = field(PlanForm({"day_day": "31", "day_month": "2", "day_year": "2026"}), "day")
    assert 'name="day_day"' in html
    assert 'value="31"' in html
    assert "Day must be a day that exists" in html


def test_a_password_is_never_sent_back():
    assert "hunter2" not in field(PlanForm({"secret": "hunter2"}), "secret")


def test_the_error_summary_links_to_each_field_in_order():
    html = render("{% nhsuk_errors form %}", form=PlanForm({"name": "x"}))
    links = [part.split('"')[0] for part in html.split('href="')[1:]]
    assert links == ["#id_team", "#id_source", "#id_skills", "#id_day_day", "#id_secret"]


def test_the_links_of_the_error_summary_lead_somewhere():
    form = PlanForm({})
    page = "".join(field(form, name) for name in form.fields)
    summary = render("{% nhsuk_errors form %}", form=form)
    for target in [part.split('"')[0] for part in summary.split('href="#')[1:]]:
        assert f'id="{target}"' in page


def test_no_errors_no_summary():
    assert render("{% nhsuk_errors form %}", form=PlanForm()).strip() == ""


def test_errors_of_the_whole_form_have_no_link():
    form = PlanForm({"name": "x"})
    form.add_error(None, "The day is over.")
    assert "<li>\n" in render("{% nhsuk_errors form %}", form=form)
    assert "The day is over." in render("{% nhsuk_errors form %}", form=form)


class LimitsForm(forms.Form):
    visits = forms.IntegerField(label="Most visits", max_value=40, required=False)
    own = forms.IntegerField(max_value=40, required=False, error_messages={"max_value": "Forty is enough."})
    people = forms.MultipleChoiceField(label="Who works?", choices=[("a", "A")])
    code = forms.SlugField(label="Code in files", max_length=5)
    starts = forms.TimeField(label="From")
    plus = forms.ChoiceField(label="PLUS group", choices=[("a", "A")])


@pytest.mark.parametrize(
    ("entered", "said"),
    [
        ({"visits": "41"}, "Most visits must be 40 or less."),
        ({"visits": "many"}, "Most visits must be a whole number"),
        ({"own": "41"}, "Forty is enough."),
        ({}, "Answer the question: Who works?"),
        ({"code": "wound care"}, "Code in files must hold letters, digits, hyphens and underscores only"),
        ({"code": "wound-care"}, "Code in files must be 5 characters or fewer. You entered 10."),
        ({"starts": "noon"}, "From must be a time, such as 08:30."),
        ({}, "Choose the PLUS group."),
        ({"plus": "b"}, "PLUS group: Select a valid choice. b is not one of the available choices."),
    ],
)
def test_the_summary_says_which_entry_is_meant(entered, said):
    assert said in render("{% nhsuk_errors form %}", form=LimitsForm(entered))


def test_a_hint_of_a_single_box_stands_below_its_label():
    class Wish(forms.Form):
        fair = forms.BooleanField(label="Shared fairly", help_text="At most 10% more travel.")

    html = field(Wish(), "fair")
    assert html.index("Shared fairly") < html.index("At most 10% more travel.")


def test_an_unknown_component_is_a_mistake_of_ours():
    from jinja2 import TemplateNotFound

    with pytest.raises(TemplateNotFound):
        render_component("no-such-thing", {})


class LongForm(forms.Form):
    ward = forms.ChoiceField(choices=[("", "Choose"), *((f"w{n}", f"Ward {n}") for n in range(30)), ("e", EVIL)])
    figure = forms.ChoiceField(
        choices=[("", "None"), ("Age", [("a", "Old"), ("b", "Young")]), (EVIL, [("a", "Old again"), (3, EVIL)])],
        help_text="Of the area",
        required=False,
    )
    several = forms.MultipleChoiceField(choices=[("G", [("a", "One"), ("b", "Two")])])


def test_long_and_grouped_lists_choose_as_django_does():
    form = LongForm(initial={"ward": "w7", "figure": "a", "several": ["a", "b"]})
    assert field(form, "ward").count(" selected") == 1 and '<option value="w7" selected>Ward 7<' in field(form, "ward")
    figure = field(form, "figure")
    assert figure.count(" selected") == 1 and '<optgroup label="Age"><option value="a" selected>' in figure
    assert 'id="id_figure-hint"' in figure and 'aria-describedby="id_figure-hint"' in figure
    several = field(form, "several")
    assert several.count(" selected") == 2 and " multiple" in several
    assert field(LongForm({"ward": "e", "figure": 3}), "figure").count('<option value="3" selected>') == 1


@pytest.mark.parametrize("name", ["ward", "figure"])
def test_long_and_grouped_lists_escape_what_they_hold(name):
    assert EVIL not in field(LongForm(), name)


def test_errors_of_long_lists_are_tied_to_the_control():
    html = field(LongForm({"ward": "unknown", "several": ["a"]}), "ward")
    assert 'aria-describedby="id_ward-error"' in html and 'id="id_ward-error"' in html
    assert "nhsuk-select--error" in html and " required" not in html


class ByPerson(forms.Form):
    colleague = forms.ChoiceField(label="In place of Ada Lovelace", help_text="Ada Lovelace is away")
    escorts = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple)
    first = forms.ChoiceField(widget=forms.RadioSelect)
    note = forms.CharField(widget=forms.Textarea(attrs={"aria-label": "About Ada Lovelace"}))
    place = forms.CharField()

    def __init__(self, *args, name):
        super().__init__(*args)
        for field in ("colleague", "escorts", "first"):
            self.fields[field].choices = [(name.lower(), name), ("nobody", "Nobody")]


def shown(name):
    """Every field of a form with this name in options, values and errors."""
    typed = {"colleague": name.lower(), "escorts": [name.lower(), "x"], "note": name, "place": name}
    return [field(ByPerson(typed, name=name), each) for each in ByPerson.base_fields]


def test_a_shape_is_made_once_and_holds_no_text(monkeypatch):
    held = []
    made = nhsuk._shape.__wrapped__
    monkeypatch.setattr(nhsuk, "_shape", lambda *given: held.append((given, made(*given))) or held[-1][1])
    assert all("Ada" in html for html in shown("Ada Lovelace"))
    assert len(held) == len(ByPerson.base_fields)
    assert "ada" not in str(held).lower() and "nobody" not in str(held).lower()
    monkeypatch.undo()
    shown("Ada Lovelace")
    before = nhsuk._shape.cache_info()
    assert all("Grace" in html and "Hopper" in html for html in shown("Grace Hopper"))
    assert nhsuk._shape.cache_info().misses == before.misses


def test_a_component_from_its_shape_is_the_component_itself():
    for name in ("Ada", EVIL, "\ue0000\ue001 & \\1"):
        for each in ByPerson.base_fields:
            form = ByPerson({"note": name, "place": name, "colleague": name.lower()}, name=name)
            component, params = component_for(form[each])
            plain = nhsuk._made_safe(params)
            itself = str(nhsuk._macro(component)(plain))
            assert unescape(render_component(component, params)) == unescape(itself)
            assert EVIL not in render_component(component, params)
    tag = '{% nhsuk "tag" html=it %}'
    assert "<b>" in render(tag, it=mark_safe("<b>x</b>")) and "<b>" not in render(tag, it="<b>x</b>")
