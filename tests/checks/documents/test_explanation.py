from collections.abc import Callable

import pytest

from checks.documents.explanation import explanation
from checks.measured import Confidence
from checks.subject import Subject

SAID = "A person is told which answers weighed most."


@pytest.mark.parametrize(
    ("declared", "holds"),
    [
        ({"available": True, "method": "Shapley values", "statement": SAID}, True),
        ({"available": False, "method": None, "statement": "Nothing can be told."}, True),
        ({"available": True, "method": None, "statement": SAID}, False),
        ({"available": True, "method": " -", "statement": SAID}, False),
        ({"available": True, "method": "Shapley values", "statement": " "}, False),
        ({"available": False, "method": None, "statement": "\n"}, False),
    ],
)
def test_silence_states_no_explanation(
    make_subject: Callable[..., Subject], declared: dict[str, object], holds: bool
) -> None:
    subject = make_subject(change={"explanation": declared})
    statement = explanation(subject, None, Confidence(0.975)).statements[0]
    assert (statement.name, statement.subject, statement.kind) == (
        "explanation_stated", "explanation", "document",
    )  # fmt: skip
    assert statement.holds is holds
