"""The manifest that `certify init` writes: every key of the format, explained to whoever meets it first.

The text stands in `starter.yaml` beside this file. It describes an invented system: read as it is, nothing in
it is wrong but that the files it names do not exist. What it says must be replaced, key by key.
"""

from __future__ import annotations

from importlib.resources import files


def starter_manifest() -> str:
    """The text of a commented `submission.yaml`; it validates as a `Manifest`."""
    return files("certify.submission").joinpath("starter.yaml").read_text("utf-8")
