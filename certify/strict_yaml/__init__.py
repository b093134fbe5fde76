"""Reading YAML that strangers wrote, without surprises.

The profile: UTF-8, one document, capped in bytes, depth and nodes; no anchors, aliases, tags, merge
keys, directives or duplicate keys; no control, bidirectional, invisible or odd line-break characters, not
even by an escape; and no plain word that YAML 1.1, YAML 1.2 and JSON would type differently. Numbers with
a point arrive as `Decimal`, exactly as written; sequences arrive as tuples. Every defect is reported with
its line, all of them at once.

Only PyYAML's *events* are used: nothing is constructed, resolved or expanded by the library.
"""

from __future__ import annotations

from certify.strict_yaml.document import Path, YamlDocument, spell
from certify.strict_yaml.reader import MAX_DEPTH, MAX_DIGITS, MAX_INTEGER, MAX_NODES
from certify.strict_yaml.reading import MAX_BYTES, read

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_DIGITS",
    "MAX_INTEGER",
    "MAX_NODES",
    "Path",
    "YamlDocument",
    "read",
    "spell",
]
