"""What is being certified, as a method sees it: the declarations, the model, the tables, the documents."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

from certify.digest import Digest
from certify.evidence import Reason
from certify.submission import Manifest
from certify.submission.data import Dataset
from checks.domain import finely_measured
from checks.files import Files
from checks.independence import refuse_clusters, refuse_repetition, refuse_weights
from checks.measured import CannotMeasure
from checks.predictor import UNDECIDED, Predictor
from checks.relation import Relation
from checks.table import Table, read_table
from checks.tabulation import Tabulation, tabulate

EVERY: Final = slice(None)


class Subject:
    """One submission in one worker: the model is loaded once, each table read once."""

    def __init__(
        self,
        manifest: Manifest,
        files: Files,
        root: Digest,
        tabulations: Mapping[str, Tabulation] | None = None,
    ) -> None:
        self.manifest = manifest
        self.files = files
        self._root = root
        self._tables: dict[str, Table] = {}
        self._relations: dict[str, Relation] = {}
        self._tabulations = dict(tabulations or {})

    def generator(self, seed: int, purpose: str) -> np.random.Generator:
        """Randomness that the vendor cannot know before the model is final, and anybody can repeat after.

        The seed of a check is public. Mixed with the root digest of the submission, it draws cases that
        depend on the very bytes of the model, so that a model cannot hold answers prepared for them.
        """
        mixed = Digest.of_value([str(self._root), str(seed), purpose])
        return np.random.default_rng(int(mixed.hex, 16))

    @cached_property
    def predictor(self) -> Predictor:
        """The model, ready to run."""
        return Predictor(self.manifest.model, self.files, self.generator(0, "order of the cases"))

    @cached_property
    def documents(self) -> Mapping[str, bytes]:
        """Every document by its path. All are read, so that evidence about documents is bound to all."""
        return {document.file: self.files.read(document.file) for document in self.manifest.documents}

    def decide(self, data: Table, rows: NDArray[np.int64] | slice = EVERY) -> NDArray[np.int64]:
        """The decision on some rows, `UNDECIDED` outside the declared contract whatever the model answers."""
        inputs = {name: values[rows] for name, values in data.inputs.items()}
        return np.where(data.inside[rows], self.predictor.decide(inputs), UNDECIDED)

    def table(self, role: str) -> Table:
        """The data set in a role; raises `CannotMeasure` if the vendor supplied none."""
        if role not in self._tables:
            self._tables[role] = read_table(self.manifest, self._dataset(role), self.files)
        return self._tables[role]

    def relation(self, role: str) -> Relation:
        """The same rows to be counted and not held; raises as `table` does."""
        if role not in self._relations:
            self._relations[role] = Relation(self.manifest, self._dataset(role), self.files)
        return self._relations[role]

    def tabulation(self, role: str) -> Tabulation:
        """The counts of a data set, made once: before this worker began, or now. Raises as `table` does.

        Raises `CannotMeasure` if what was counted before is not all of the data set, or other bytes.
        """
        dataset = self._dataset(role)
        if role not in self._tabulations:
            self._tabulations[role] = tabulate(self.relation(role))
        found = self._tabulations[role]
        if (found.role, [o.path for o in found.opened]) != (role, sorted(dataset.files)):
            raise CannotMeasure(f"the counts are not those of the {role} data", Reason.UNBOUND)
        self.files.counted(found.opened)
        return found

    def independent_rows(self, role: str) -> Tabulation:
        """The counts of a data set whose rows are independent trials; `CannotMeasure` for any other."""
        dataset, counted = self._dataset(role), self.tabulation(role)
        refuse_weights(dataset)
        refuse_repetition(dataset, counted.defect(fine=finely_measured(self.manifest.model.inputs)))
        refuse_clusters(dataset, clustered=counted.clustered)
        return counted

    def _dataset(self, role: str) -> Dataset:
        dataset = self.manifest.data.in_role(role)
        if dataset is None:
            raise CannotMeasure(f"the submission has no {role} data")
        return dataset
