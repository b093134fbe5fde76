import numpy as np
import pandas as pd

from checks.objectives.answers import Answers


def test_the_confusion_counts_every_row_once(make_subject):
    rows = [(1, "yes"), (1, "yes"), (-1, "yes"), (1, "no"), (np.nan, "no"), (1, "perhaps")]
    subject = make_subject(pd.DataFrame(rows, columns=["x", "label"]))
    assert Answers(subject, subject.table("test")).decisions.confusion() == [
        {"true": None, "decided": "yes", "cases": 1},
        {"true": "no", "decided": None, "cases": 1},
        {"true": "no", "decided": "yes", "cases": 1},
        {"true": "yes", "decided": "no", "cases": 1},
        {"true": "yes", "decided": "yes", "cases": 2},
    ]


def test_the_model_runs_once_for_all_metrics(make_subject):
    subject = make_subject()
    answers = Answers(subject, subject.table("test"))
    assert answers.decisions is answers.decisions


def test_an_infinite_answer_leaves_an_error_that_is_not_finite(make_subject):
    frame = pd.DataFrame({"x": [np.inf, np.inf, 1.0], "label": [np.inf, 1.0, 3.0]})
    subject = make_subject(frame, task="regression")
    assert np.isfinite(Answers(subject, subject.table("test")).errors).tolist() == [False, False, True]
