"""Terms of the loss that nobody declared: was the score of a group pushed up or down for its own sake?

For each group the declared loss is widened by a times the mean probability of the positive class among its
rows, and by weights of classes, with which such a term could be confounded; both are read back from the
delivered weights (`reading`). Groups have their turn one by one: terms on all groups of an attribute together
are nearly a weight of the classes, and cannot be told from it. A term on one group may therefore show in
another as well.
"""

from __future__ import annotations

from certify.evidence import Estimate
from checks.measured import CannotMeasure, Confidence, Exhibit, Measured
from checks.objectives.reading import read_back
from checks.subject import Subject
from checks.table import Table


def hidden_terms(
    subject: Subject, data: Table | None, confidence: Confidence, *,
    groups: tuple[str, ...], rows: int, seed: int,
) -> Measured:  # fmt: skip
    """Estimates `hidden_term` for each of `groups`: the absolute weight of its mean score in the loss.

    The unit is that of the loss of one row. `rows` and `seed` are those of `reading`, as is what it raises.
    """
    each = confidence.over(len(groups))
    estimates: list[Estimate] = []
    exhibits: list[Exhibit] = []
    for stratum in groups:
        term = f"score of {stratum}"
        try:
            found = read_back(subject, data, ("class_weights", term), rows, seed)
        except CannotMeasure as refusal:
            raise CannotMeasure(f"{stratum}: {refusal.explanation}", refusal.reason) from refusal
        estimates.append(found.estimate(term, each, statistic="hidden_term", stratum=stratum))
        exhibits.append(_named(found.exhibit, len(exhibits)))
    return Measured(estimates=tuple(estimates), exhibits=tuple(exhibits))


def _named(exhibit: Exhibit, number: int) -> Exhibit:
    return Exhibit(
        name=f"hidden-term-{number + 1}.json",
        media_type=exhibit.media_type,
        visibility=exhibit.visibility,
        data=exhibit.data,
    )
