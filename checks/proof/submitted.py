"""Which kind of model was submitted, for whoever wants to prove something of it."""

from __future__ import annotations

from checks.measured import CannotMeasure
from checks.proof.claims import Provable
from checks.proof.declared import declared
from checks.subject import Subject


def submitted(subject: Subject) -> Provable:
    """The submitted model; `CannotMeasure` where it is neither an ensemble of trees nor a network, or is
    two."""
    model = subject.manifest.model
    if model.preprocessing is not None:
        raise CannotMeasure(
            "a graph runs before the model: what is proved of the model speaks of other numbers"
        )
    domain, data = declared(model.inputs), subject.files.read(model.file)
    from checks.proof.trees.ensemble import is_ensemble

    if is_ensemble(data):
        from checks.proof.trees.submitted import SubmittedTrees

        return SubmittedTrees(domain, subject.predictor, data)
    from checks.proof.submitted_network import SubmittedNetwork  # torch takes seconds

    return SubmittedNetwork(domain, subject.predictor, data)
