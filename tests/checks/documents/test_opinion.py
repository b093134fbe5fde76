from collections.abc import Callable

import pytest

from certify.evidence import Reason
from checks.documents.opinion import opinion
from checks.measured import CannotMeasure, Confidence
from checks.subject import Subject


@pytest.mark.parametrize("questions", [(), ("Is the purpose lawful?",), ("Is it?", "Is it not?")])
def test_what_a_person_has_to_judge_is_never_measured(
    make_subject: Callable[..., Subject], questions: tuple[str, ...]
) -> None:
    with pytest.raises(
        CannotMeasure, match=r"a person has to judge this: .* `certify review sign`"
    ) as caught:
        opinion(make_subject(), None, Confidence(0.975), questions=questions, competence="labour law")
    assert caught.value.reason is Reason.NOT_MEASURED
    assert f"{len(questions)} questions" in caught.value.explanation
    assert "labour law" in caught.value.explanation
