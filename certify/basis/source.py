"""A basis together with the document in which it was written, so that every refusal has its line."""

from __future__ import annotations

from dataclasses import dataclass

from certify.basis.text import BasisText
from certify.strict_yaml import YamlDocument


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """One basis as text, and where each of its values stands."""

    text: BasisText
    document: YamlDocument
