"""A clause is shown with its place, its day and how honestly the check relates to it."""

from __future__ import annotations

from certify.dossier import Dossier
from reports.clause import clauses_of, instruments_of
from reports.language import words


def test_a_clause_says_where_and_how_it_relates(dossier: Dossier) -> None:
    (clause,) = clauses_of(dossier.basis.required[0], words("fr"))
    assert (clause.locator, clause.as_of) == ("Art. 15(1)", "2026-08-02")
    assert (clause.relation, clause.note) == ("contribue \u00e0", "")


def test_clauses_of_one_instrument_stand_together(dossier: Dossier) -> None:
    check = dossier.basis.required[0]
    (clause,) = check.clauses
    other = clause.model_copy(update={"instrument": "A standard"})
    again = clause.model_copy(update={"locator": "Art. 9(8)"})
    instruments = instruments_of(check.model_copy(update={"clauses": (clause, other, again)}), words("en"))
    assert [i.instrument for i in instruments] == [clause.instrument, "A standard"]
    assert [c.locator for c in instruments[0].clauses] == ["Art. 15(1)", "Art. 9(8)"]
