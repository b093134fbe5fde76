"""Whether the vendor says what a person affected can be told of a decision, or that nothing can be.

Both answers are statements; silence is not. Whether an explanation is faithful to the model is another
question, which this module does not answer.
"""

from __future__ import annotations

from certify.evidence import Statement
from checks.measured import Confidence, Measured
from checks.subject import Subject
from checks.table import Table


def explanation(subject: Subject, data: Table | None, confidence: Confidence) -> Measured:
    """States `explanation_stated`: available with a method and a statement, or absent with a statement."""
    declared = subject.manifest.explanation
    missing = [] if _says(declared.statement) else ["a statement of what a person can be told"]
    if declared.available and not _says(declared.method):
        missing.append("the method by which decisions are explained")
    kind = "available" if declared.available else "absent"
    return Measured(
        statements=(
            Statement(
                name="explanation_stated",
                subject="explanation",
                holds=not missing,
                kind="document",
                explanation=f"declared {kind}; missing: {', '.join(missing) or 'nothing'}",
            ),
        )
    )


def _says(text: str | None) -> bool:
    return text is not None and any(character.isalnum() for character in text)
