from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from scipy.stats import binomtest
from sklearn.datasets import load_digits
from sklearn.metrics import accuracy_score, recall_score

from certify.demo import digits
from certify.demo.split import split_at_random
from certify.submission import load

ROLES = ("train", "validation", "test")


def arrays(folder: Path, role: str) -> Mapping[str, np.ndarray[Any, Any]]:
    with np.load(folder / "data" / f"{role}.npz", allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def probabilities(folder: Path, images: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    session = onnxruntime.InferenceSession(str(folder / "model" / "digits.onnx"))
    (answer,) = session.run(["probability"], {"image": images})
    return np.asarray(answer)


def read_digits(folder: Path, role: str) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    data = arrays(folder, role)
    return data["labels"], probabilities(folder, data["images"]).argmax(axis=1)


def content(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_it_is_a_submission_without_a_defect(digits_folder: Path) -> None:
    manifest = load(digits_folder).manifest
    assert (manifest.system.kind, manifest.model.task) == ("instrument", "multiclass")


def test_every_image_is_in_exactly_one_part(digits_folder: Path) -> None:
    positions = np.concatenate([arrays(digits_folder, role)["position"] for role in ROLES])
    assert sorted(positions) == list(range(1797))


@pytest.mark.parametrize("role", ROLES)
def test_the_data_are_those_of_the_collection(digits_folder: Path, role: str) -> None:
    data, bundled = arrays(digits_folder, role), load_digits()
    assert (data["images"][:, 0] == bundled.images[data["position"]]).all()
    assert (data["labels"] == bundled.target[data["position"]]).all()


def test_no_image_occurs_twice_in_the_collection() -> None:
    images, _ = digits.collection()
    assert len(np.unique(images.reshape(1797, 64), axis=0)) == 1797


def test_the_printed_accuracy_is_what_others_compute(digits_folder: Path) -> None:
    (figure,) = (f for d in load(digits_folder).manifest.documents for f in d.figures)
    assert figure.value == Decimal(str(accuracy_score(*read_digits(digits_folder, "test"))))
    assert f"accuracy is {figure.value}:" in (digits_folder / "documents/instructions_for_use.md").read_text()


def test_the_claim_is_below_the_bound_that_the_validation_images_give(digits_folder: Path) -> None:
    (claim,) = load(digits_folder).manifest.objective.claims
    labels, decided = read_digits(digits_folder, "validation")
    interval = binomtest(int((labels == decided).sum()), len(labels), alternative="greater").proportion_ci(
        0.975
    )
    assert 0 <= interval.low - float(claim.value) < 0.05


def test_it_is_good_enough_to_be_worth_examining(digits_folder: Path) -> None:
    labels, decided = read_digits(digits_folder, "test")
    assert accuracy_score(labels, decided) > 0.97
    assert recall_score(labels, decided, average=None).min() > 0.9


def test_each_answer_is_a_distribution_over_the_digits(digits_folder: Path) -> None:
    answer = probabilities(digits_folder, arrays(digits_folder, "test")["images"])
    assert answer.min() >= 0
    assert answer.max() <= 1
    np.testing.assert_allclose(answer.sum(axis=1), 1, atol=1e-5)


def test_a_missing_pixel_leaves_no_answer(digits_folder: Path) -> None:
    images = np.repeat(arrays(digits_folder, "test")["images"][:1], 64, axis=0)
    images.reshape(64, 64)[np.arange(64), np.arange(64)] = np.nan
    assert np.isnan(probabilities(digits_folder, images)).all()


def test_two_builds_give_the_same_bytes(digits_folder: Path, tmp_path: Path) -> None:
    digits.build(tmp_path / "again")
    assert content(tmp_path / "again") == content(digits_folder)


def test_variations_keep_an_image_what_it_is() -> None:
    images, _ = digits.collection()
    parts = split_at_random(1797, validation=digits.VALIDATION, test=digits.TEST, seed=digits.SPLIT_SEED)
    originals = torch.from_numpy(images[parts.train])
    varied = digits._as_written_again(originals, torch.Generator().manual_seed(1))
    assert varied.shape == originals.shape
    assert varied.min() >= 0
    assert varied.max() <= 16
    alike = torch.corrcoef(torch.stack([varied.mean(dim=0).flatten(), originals.mean(dim=0).flatten()]))[0, 1]
    assert alike > 0.95


def test_the_declared_value_of_the_loss_is_what_others_compute(digits_folder: Path) -> None:
    train = arrays(digits_folder, "train")
    logarithms = torch.from_numpy(probabilities(digits_folder, train["images"]).astype(float)).log()
    found = torch.nn.functional.nll_loss(logarithms, torch.from_numpy(train["labels"])).item()
    assert float(load(digits_folder).manifest.objective.reached or 0) == pytest.approx(found, rel=1e-4)
