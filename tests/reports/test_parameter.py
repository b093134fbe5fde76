"""Every value stands with its unit, its range, which way is stricter, and where it comes from."""

from __future__ import annotations

from certify.dossier import Dossier
from reports.language import words
from reports.parameter import parameters_of


def test_a_number_keeps_its_range_and_reason(dossier: Dossier) -> None:
    gap, positives = parameters_of(dossier.basis.required[0].limits, words("en"))
    assert (gap.name, gap.number and gap.number.exact, gap.range) == ("gap", "0.1", "0 to 1")
    assert (gap.stricter, gap.why) == ("lower", "Ours: no law sets this number.")
    assert positives.lines == ()


def test_a_list_is_shown_line_by_line(dossier: Dossier) -> None:
    (groups,) = parameters_of(dossier.basis.required[0].method.parameters, words("en"))
    assert groups.lines == ("sex=female", "sex=male")
    assert (groups.number, groups.range) == (None, "")


def test_parameters_stand_in_the_order_of_their_names(dossier: Dossier) -> None:
    parameters = dossier.basis.required[1].method.parameters
    backwards = dict(sorted(parameters.items(), reverse=True))
    assert parameters_of(backwards, words("en")) == parameters_of(parameters, words("en"))
