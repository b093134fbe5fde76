"""Reader: an image of 4 by 4 pixels in one of four classes.

The four patterns are rows of a Hadamard matrix: each is bright in half of its pixels, and any two agree in
half of them. With noise on every pixel the best rule is the pattern that fits best, and it misreads about one
image in a hundred. Two pens were used, of which the model is told nothing and which make no difference.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.specimens.folder import Contents, Json, fill
from checks.specimens.graph import graph
from checks.specimens.records import recorded
from checks.specimens.rows import Rows
from checks.specimens.story import Story, shown, spelt

SIZES: Final = {"train": 1000, "validation": 400, "test": 2000}
CLASSES: Final = ("rows", "columns", "checks", "halves")
_SEED = 20260728
_GREY, _CONTRAST, _SPREAD, _SHARPNESS = 0.5, 0.1, 0.105, 10

STORY = Story(
    system="Pattern reader",
    purpose="tells which of four patterns was drawn on a square of a form",
    inputs="images of four by four pixels, in shades of grey",
    answers="The pattern with the highest score is the one that was read",
    harm="a form that is filed wrongly",
    persons="people whose forms are read",
    unit="image",
    kind="tool",
    point="none",
    affected="indirectly",
    in_use={"recommends": False, "learns_in_use": False, "personal": False, "implicit": False},
)


def write(folder: Path) -> None:
    """Write the specimen."""
    rows = {role: _drawn(size, number) for number, (role, size) in enumerate(SIZES.items())}
    rows["test"]["decided"] = _read(rows["test"])
    figures = {"accuracy": shown(float(np.mean(rows["test"]["decided"] == rows["test"]["label"])))}
    fill(
        folder,
        Contents(
            manifest=_manifest(figures, spelt(_loss(rows["train"]))),
            model=_graph(),
            rows={role: {**drawn, **recorded(role, SIZES[role])} for role, drawn in rows.items()},
            shares={
                "pen=pencil": "0.5", "pen=ink": "0.5", **{f"pattern={name}": "0.25" for name in CLASSES},
            },
            documents=STORY.documents(figures),
        ),
    )  # fmt: skip


def _patterns() -> NDArray[np.float64]:
    """Plus and minus one, of shape [4, 4, 4]: one pattern for each class."""
    row, column = np.indices((4, 4))
    signs = np.stack([row % 2, column % 2, (row + column) % 2, row // 2])
    return 1.0 - 2.0 * signs


def _drawn(size: int, number: int) -> Rows:
    random = np.random.default_rng([_SEED, number])
    drawn = random.integers(0, len(CLASSES), size)
    light = _GREY + _CONTRAST * _patterns()[drawn] + _SPREAD * random.standard_normal((size, 4, 4))
    return {
        "images": np.clip(light, 0.01, 0.94).round(6).astype(np.float32),
        "pen": random.integers(0, 2, size),
        "label": np.asarray(CLASSES)[drawn],
    }


def _weights() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    weights = _SHARPNESS * _patterns().reshape(len(CLASSES), -1).T
    return weights.astype(np.float32), (-_GREY * weights.sum(axis=0)).astype(np.float32)


def _graph() -> bytes:
    weights, offset = _weights()
    return graph(
        shape=(4, 4), source="image", answer="score", numbers=len(CLASSES),
        nodes="""flat = Flatten <axis: int = 1> (image)
                 product = MatMul(flat, weights)
                 fit = Add(product, offset)
                 score = Softmax <axis: int = 1> (fit)""",
        constants={"weights": weights, "offset": offset},
    )  # fmt: skip


def _fit(rows: Rows) -> NDArray[np.float64]:
    weights, offset = (part.astype(np.float64) for part in _weights())
    return np.asarray(rows["images"].reshape(-1, 16) @ weights + offset, dtype=np.float64)


def _read(rows: Rows) -> NDArray[np.str_]:
    """What the system reads, reckoned here by the rule itself, and again later by whoever checks it."""
    return np.asarray(np.asarray(CLASSES)[np.argmax(_fit(rows), axis=1)], dtype=np.str_)


def _loss(train: Rows) -> float:
    """The cross entropy of the softmax of what fits, in float64."""
    fit, true = _fit(train), train["label"][:, np.newaxis] == np.asarray(CLASSES)
    return float(np.mean(np.log(np.exp(fit - fit[true][:, np.newaxis]).sum(axis=1))))


def _manifest(figures: dict[str, str], reached: str) -> Json:
    noise = {"distribution": "uniform", "scale": "0.02", "source": "The same form, scanned twice."}
    leeway = {"up": "0.01", "down": "0.01", "source": "A shade that no clerk sees."}
    return {
        **STORY.declared(),
        "model": {
            "file": "model/reader.onnx", "task": "multiclass",
            "learns_in_use": STORY.in_use["learns_in_use"],
            "inputs": [
                {
                    "kind": "tensor", "name": "image", "dtype": "float32", "shape": [4, 4], "array": "images",
                    "elements": {
                        "unit": "brightness", "range": [0, 1], "noise": noise, "perturbable": leeway,
                    },
                }
            ],
            "outputs": [{"name": "score", "content": "score", "range": [0, 1]}],
            "decision": {"rule": "argmax", "output": "score", "classes": list(CLASSES)},
            "relations": [
                {
                    "name": "more_light_shows_the_same", "answer": "same", "within": 0,
                    "changes": [{"of": "images", "add": "0.05"}],
                }
            ],
        },
        "data": {
            "personal": STORY.in_use["personal"],
            "attributes": [
                {
                    "name": "pen", "source": "pen", "protected": False,
                    "groups": [{"name": "pencil", "codes": [0]}, {"name": "ink", "codes": [1]}],
                },
                {
                    "name": "pattern", "source": "label", "protected": False,
                    "groups": [{"name": name, "codes": [name]} for name in CLASSES],
                },
            ],
            "sets": [
                STORY.dataset(role, f"data/{role}.npz", "decided" if role == "test" else None)
                for role in SIZES
            ],
            "reference": {
                "file": "data/reference.csv", "describes": "All forms that reach the invented site.",
                "source": "The shares with which the generator draws.", "as_of": "2026-01-01",
            },
        },
        "objective": STORY.objective(
            [{"term": "cross_entropy", "weight": 1, "note": "Mean over the training rows."}], reached,
            [{"metric": "accuracy", "value": "0.96"}], answer="probability",
        ),
        "documents": STORY.declared_documents(figures),
    }  # fmt: skip
