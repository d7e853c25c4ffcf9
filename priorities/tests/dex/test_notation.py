"""Conversion between the notations: the same model, the same options, or a refusal."""

import pytest
from hypothesis import HealthCheck, assume, given, settings

from priorities.dex.dxi import DxiError, read_dxi
from priorities.dex.dxi_writer import write_dxi
from priorities.dex.model import OptionNotation, Table
from priorities.dex.notation import Notation, in_notation
from priorities.dex.options import stored_options
from priorities.dex.values import ValueKind
from priorities.tests.dex.dxi_files import model_files
from priorities.tests.dex.models import attribute, default_model, dxi, function


def meaning(model) -> list:
    """Classes and memberships of every rule: an interval means the same as the set of its classes."""
    tables = [a.function for a in model.attributes if isinstance(a.function, Table)]
    rules = [[{c: m for c, m in rule.memberships if m} for rule in table.rules] for table in tables]
    return [rules, [table.entered for table in tables]]


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(model_files())
def test_there_and_back_means_the_same(text):
    model = read_dxi(text)
    options = list(stored_options(model))
    new = in_notation(model, Notation.NEW, listed=True)
    assert meaning(new) == meaning(model) and list(stored_options(new)) == options
    assert "<FUNCTION" not in write_dxi(new) and not any(o.notation is OptionNotation.OLD for o in new.options)
    try:
        old = in_notation(model, Notation.OLD)
    except DxiError as refusal:
        assert "cannot" in refusal.reason
        assume(False)
    assert meaning(old) == meaning(model) and list(stored_options(old)) == options
    assert "<TABLE" not in write_dxi(old) and not any(o.notation is OptionNotation.NEW for o in old.options)


def test_the_default_model_in_both_notations():
    model = default_model()
    new = in_notation(model, Notation.NEW)
    assert write_dxi(new).count("<RULE ") == sum(len(a.function.rules) for a in model.attributes if a.function)
    assert in_notation(new, Notation.OLD) == model


def test_what_is_unknown_and_weights_are_kept():
    extra = "<ENTERED>+-+</ENTERED><HIGH>022</HIGH><WEIGHTS>100</WEIGHTS><NOTE>kept</NOTE><LOCWEIGHTS>100</LOCWEIGHTS>"
    model = read_dxi(dxi(attribute("R", function("012", extra), attribute("A"))))
    new = in_notation(model, Notation.NEW)
    written = write_dxi(new)
    assert new == model and '<RULE Args="1" Entered="False">1:2</RULE>' in written
    assert all(part in written for part in ("<WEIGHTS>100</WEIGHTS>", "<NOTE>kept</NOTE>", "<LOCWEIGHTS>100"))
    assert in_notation(new, Notation.OLD) == model


@pytest.mark.parametrize("rule", ["{0;2}", "&lt;0:0.5;1:0.5>", "undefined", ""])
def test_what_the_old_notation_cannot_hold_is_refused(rule):
    model = read_dxi(dxi(attribute("R", f"<TABLE><RULE>{rule}</RULE></TABLE>", attribute("A", classes=1))))
    with pytest.raises(DxiError, match="R: rule 0 is .* which FUNCTION cannot hold"):
        in_notation(model, Notation.OLD)


def test_distributions_in_either_notation():
    rules = "<RULE>&lt;0:0.4;2:0.6></RULE><RULE>&lt;0.4;0;0.6></RULE>"
    model = read_dxi(dxi(attribute("R", f"<TABLE>{rules}</TABLE>", attribute("A", classes=2))))
    assert write_dxi(in_notation(model, Notation.NEW)).count("&lt;0:0.4;") == 2
    listed = in_notation(model, Notation.NEW, listed=True)
    assert write_dxi(listed).count("&lt;0.4;0;0.6&gt;") == 2
    assert {rule.kind for rule in listed.attributes[0].function.rules} == {ValueKind.DISTRIBUTION}
