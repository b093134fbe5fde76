"""Counts that were made before: believed only if they are of these bytes and of the whole data set."""

import pandas as pd
import pytest

from certify.digest import Digest
from certify.evidence import Opened, Reason
from checks.measured import CannotMeasure
from checks.subject import Subject

FRAME = pd.DataFrame({"x": [1.0, 2.0], "label": ["yes", "no"]})


def again(subject, counted):
    return Subject(subject.manifest, subject.files, Digest.of(b"root"), {"test": counted})


def test_counts_made_before_are_taken_and_their_files_are_remembered(make_subject):
    first, second = make_subject(FRAME), make_subject(FRAME)
    counted = first.tabulation("test")
    subject = again(second, counted)
    assert subject.tabulation("test") is counted
    assert subject.files.opened == counted.opened


@pytest.mark.parametrize("what", ["other bytes", "another role", "a part"])
def test_other_counts_are_refused(make_subject, what):
    subject = make_subject(FRAME)
    counted = subject.tabulation("test")
    (file,) = counted.opened
    change = {
        "other bytes": {"opened": (Opened(path=file.path, digest=Digest.of(b"other")),)},
        "another role": {"role": "train"},
        "a part": {"opened": ()},
    }[what]
    with pytest.raises(CannotMeasure) as refusal:
        again(make_subject(FRAME), counted.model_copy(update=change)).tabulation("test")
    assert refusal.value.reason is Reason.UNBOUND
