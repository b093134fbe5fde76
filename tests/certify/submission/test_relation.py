import pytest
from pydantic import ValidationError

from certify.submission.model import Model
from certify.submission.relation import Relation

COLUMN = {"kind": "measured", "name": "load", "unit": "kg", "range": ["0", "100"]}
TABLE = {"kind": "table", "name": "x", "dtype": "float32", "columns": [COLUMN]}
IMAGE = {
    "kind": "tensor", "name": "x", "dtype": "float32", "shape": [8, 8], "array": "images",
    "elements": {"unit": "1", "range": ["0", "1"]},
}  # fmt: skip
IDENTITY = {"rule": "identity", "output": "y", "unit": "m", "range": ["0", "1"]}
ARGMAX = {"rule": "argmax", "output": "y", "classes": ["a", "b", "c"]}


def relation(*changes, name="r", answer="same", within="0", **more):
    return {"name": name, "changes": list(changes), "answer": answer, "within": within, **more}


def model(*relations, entry=TABLE, rule=IDENTITY, task="regression"):
    return Model.from_json(
        {
            "file": "m.onnx", "task": task, "inputs": [entry], "decision": rule,
            "outputs": [{"name": "y", "content": "value"}], "relations": list(relations) or None,
        }
    )  # fmt: skip


LOAD = {"of": "load", "add": "1"}


def test_a_relation_is_read_as_it_is_written():
    read = model(relation({"of": "load", "times": "1.1", "add": "2"}, answer="not_lower", within="0.5"))
    (found,) = read.relations
    assert Relation.from_json(found.to_json()) == found
    assert (str(found.changes[0].times), str(found.within)) == ("1.1", "0.5")
    assert model().relations is None


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"of": "load"}, "one of times"),
        ({"of": "load", "add": "1", "set_to": "2"}, "one of times"),
        ({"of": "load", "add": "1", "mirror": "left_right"}, "one of times"),
        ({"of": "speed", "add": "1"}, "columns and arrays that the model is fed"),
        ({"of": "load", "mirror": "left_right"}, "arrays for mirror and shift"),
    ],
)
def test_a_change_does_one_thing_to_something_that_is_there(wrong, why):
    with pytest.raises(ValidationError, match=why):
        model(relation(wrong))


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ((relation(LOAD), relation(LOAD)), "a name of its own"),
        ((relation(LOAD, LOAD),), "changed once"),
        ((relation(LOAD, answer="scaled"),), "a factor with the answer scaled"),
        ((relation(LOAD, factor="2"),), "a factor with the answer scaled"),
        ((relation(LOAD, within="-1"),), "greater than or equal to 0"),
        ((relation(),), "at least 1 item"),
    ],
)
def test_a_relation_that_says_nothing_or_two_things_is_refused(wrong, why):
    with pytest.raises(ValidationError, match=why):
        model(*wrong)


def test_classes_have_no_order_and_pictures_can_be_mirrored():
    mirrored = {"of": "images", "mirror": "left_right"}
    assert model(relation(mirrored), entry=IMAGE, rule=ARGMAX, task="multiclass").relations
    with pytest.raises(ValidationError, match="an answer among same"):
        model(relation(mirrored, answer="not_lower"), entry=IMAGE, rule=ARGMAX, task="multiclass")
