"""What is being certified, as a method sees it: the declarations, the model, the tables, the documents."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from certify.submission import Manifest
from checks.files import Files
from checks.measured import CannotMeasure
from checks.predictor import Predictor
from checks.table import Table, read_table


class Subject:
    """One submission in one worker: the model is loaded once, each table read once."""

    def __init__(self, manifest: Manifest, files: Files) -> None:
        self.manifest = manifest
        self.files = files
        self._tables: dict[str, Table] = {}

    @cached_property
    def predictor(self) -> Predictor:
        """The model, ready to run."""
        return Predictor(self.manifest.model, self.files)

    @cached_property
    def documents(self) -> Mapping[str, bytes]:
        """Every document by its path. All are read, so that evidence about documents is bound to all."""
        return {document.file: self.files.read(document.file) for document in self.manifest.documents}

    def table(self, role: str) -> Table:
        """The data set in a role; raises `CannotMeasure` if the vendor supplied none."""
        if role not in self._tables:
            dataset = self.manifest.data.in_role(role)
            if dataset is None:
                raise CannotMeasure(f"the submission has no {role} data")
            self._tables[role] = read_table(self.manifest, dataset, self.files)
        return self._tables[role]
