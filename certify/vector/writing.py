"""One vector as JSON: its parts in their order, empty ones left out."""

from __future__ import annotations

from collections.abc import Mapping

from certify.vector.passing import Made


def vector(
    name: str, says: str, evidence: Made, expect: Made, *, facts: Mapping[str, str] | None = None
) -> Made:
    """A vector of this name."""
    given = {"facts": dict(facts)} if facts else {}
    kept = {key: value for key, value in evidence.items() if value not in ([], {})}
    return {"name": name, "says": says, **given, "evidence": kept, "expect": expect}


def expecting(outcome: str, reason: str | None = None, *decided_by: str) -> Made:
    """What must come out, why, and which clauses decide it."""
    because = {"reason": reason} if reason else {}
    decided = {"decided_by": list(dict.fromkeys(decided_by))} if decided_by else {}
    return {"outcome": outcome, **because, **decided}


def slug(text: str) -> str:
    """Text as a part of a name."""
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in text.lower()).strip("-")[:40] or "other"
