"""Corruptions against published constants, against what follows from their definition, and on real digits."""

import gzip
import json
import os
from pathlib import Path

import numpy as np
import pytest
from sklearn.datasets import load_digits

from checks.measured import CannotMeasure, Confidence
from checks.robustness import shades
from checks.robustness.compression import boxed, compressed, pixelate
from checks.robustness.corruptions import CORRUPTIONS, SEVERITIES, common_corruptions, corrupted
from checks.robustness.picture import layout_of
from checks.robustness.warping import looked_up, resized
from checks.statistics.proportions import clopper_pearson

LEVEL = Confidence(0.975)
DATA = os.environ.get("CERTIFY_DATA")

EXAMPLE = """
    52 55 61 66 70 61 64 73  63 59 55 90 109 85 69 72  62 59 68 113 144 104 66 73  63 58 71 122 154 106 70 69
    67 61 68 104 126 88 68 70  79 65 60 70 77 68 58 75  85 71 64 59 55 61 65 83  87 79 69 68 65 76 78 94"""
SHOWN = """
    62 65 57 60 72 63 60 82  57 55 56 82 108 87 62 71  58 50 60 111 148 114 67 65  65 55 66 120 155 114 68 70
    70 63 67 101 122 88 60 78  71 71 64 70 80 62 56 81  75 82 67 54 63 65 66 83  81 94 75 54 68 81 81 87"""
"""The block of the article "JPEG" of Wikipedia, and what it prints after compression at quality 50."""


def grey(seed=0, cases=30, side=28):
    """Blobs of light before a dark ground."""
    rng = np.random.default_rng(seed)
    y, x = np.indices((side, side)) / side
    at, wide = rng.uniform(0.3, 0.7, (2, cases, 1, 1)), rng.uniform(0.08, 0.2, (cases, 1, 1))
    return np.exp(-((y - at[0]) ** 2 + (x - at[1]) ** 2) / (2 * wide**2))[..., np.newaxis]


def shown(name, pictures, severity, seed=1):
    return CORRUPTIONS[name](pictures, severity, np.random.default_rng(seed))


def test_jpeg_gives_what_the_published_example_gives():
    block, wanted = (np.array(text.split(), dtype=float).reshape(1, 8, 8, 1) for text in (EXAMPLE, SHOWN))
    assert np.rint(compressed(block / 255, 50) * 255) == pytest.approx(wanted)


def test_jpeg_of_three_equal_colours_is_jpeg_of_grey():
    picture = np.rint(grey() * 255) / 255
    assert np.abs(compressed(np.repeat(picture, 3, axis=-1), 50) - compressed(picture, 50)).max() < 1.01 / 255


@pytest.mark.parametrize("severity", SEVERITIES)
def test_noise_spreads_as_it_was_published(severity):
    """c of make_cifar_c.py: the spread, the photons and the share of pixels."""
    even, rng = np.full((400, 16, 16, 1), 0.5), np.random.default_rng(severity)
    spread = [0.04, 0.06, 0.08, 0.09, 0.10][severity - 1]
    photons = [500, 250, 100, 75, 50][severity - 1]
    struck = [0.01, 0.02, 0.03, 0.05, 0.07][severity - 1]
    assert (shades.gaussian_noise(even, severity, rng) - even).std() == pytest.approx(spread, rel=0.02)
    assert shades.shot_noise(even, severity, rng).std() == pytest.approx(np.sqrt(0.5 / photons), rel=0.02)
    impulses = shades.impulse_noise(even, severity, rng)
    assert np.mean(impulses != even) == pytest.approx(struck, rel=0.1)
    assert np.mean(impulses[impulses != even]) == pytest.approx(0.5, abs=0.05)


@pytest.mark.parametrize("severity", SEVERITIES)
def test_light_is_added_and_contrast_is_a_share_of_what_it_was(severity):
    colours = 0.6 * grey() * np.array([1.0, 0.5, 0.25])
    brighter = shown("brightness", colours, severity)
    light = [0.05, 0.1, 0.15, 0.2, 0.3][severity - 1]
    assert (brighter.max(axis=-1) - colours.max(axis=-1)) == pytest.approx(np.full((30, 28, 28), light))
    lit = colours[..., 0] > 1e-6
    assert (brighter[..., 1] / brighter[..., 0])[lit] == pytest.approx(0.5)
    left = [0.75, 0.5, 0.4, 0.3, 0.15][severity - 1]
    assert shown("contrast", colours, severity).std() < colours.std()
    assert shown("contrast", grey(), severity)[0].std() == pytest.approx(left * grey()[0].std())
    assert shown("contrast", grey(), severity)[0].mean() == pytest.approx(grey()[0].mean())


@pytest.mark.parametrize("name", ["defocus_blur", "glass_blur", "motion_blur", "zoom_blur"])
def test_a_blur_keeps_an_even_picture_and_the_light_of_one_in_the_middle(name):
    even = np.full((2, 28, 28, 1), 0.3)
    assert shown(name, even, 5) == pytest.approx(even)
    spot = np.zeros((200, 28, 28, 1))
    spot[:, 12:16, 12:16] = 1
    blurred = shown(name, spot, 3)
    assert blurred.sum(axis=(1, 2, 3)).mean() == pytest.approx(16, rel=0.03 if name != "zoom_blur" else 0.2)
    assert blurred.max(axis=(1, 2, 3)).mean() <= 1
    assert np.count_nonzero(blurred[0] > 1e-3) > 16


def width_of(severity):
    """The variance along one axis of what a point of 32 by 32 pixels becomes out of focus."""
    point = np.zeros((1, 32, 32, 1))
    point[0, 16, 16] = 1
    spread = shown("defocus_blur", point, severity)[0, ..., 0]
    assert spread.sum() == pytest.approx(1)
    return (spread.sum(axis=1) * (np.arange(32) - 16) ** 2).sum()


def test_the_disc_of_a_blur_is_as_wide_as_published():
    """Severity 5: the nine pixels within 1.5; severity 1: one pixel and a normal blur of spread 0.4."""
    beside = np.exp(-1 / (2 * 0.4**2))
    assert width_of(5) == pytest.approx(6 / 9)
    assert width_of(1) == pytest.approx(2 * beside / (1 + 2 * beside), rel=1e-3)


def test_looking_up_reads_between_pixels_and_mirrors_beyond_the_edge():
    ramp = np.tile(np.arange(5.0), (5, 1))[np.newaxis, ..., np.newaxis]
    assert looked_up(ramp, np.array(0.0), np.array(0.25))[0, 2, :4, 0] == pytest.approx(
        [0.25, 1.25, 2.25, 3.25]
    )
    assert looked_up(ramp, np.array(0.0), np.array(2.0))[0, 2, :, 0] == pytest.approx([2, 3, 4, 3, 2])
    assert looked_up(ramp, np.array(0.0), np.array(-9.0))[0, 2, :, 0] == pytest.approx([1, 0, 1, 2, 3])


def test_sizes_keep_the_mean_and_pixels_are_those_of_a_box():
    """In Pillow 12.0 `resize((3, 3), Image.BOX)` of 0 to 4 gives 0.5, 2, 3.5, and back 0.5 0.5 2 3.5 3.5."""
    picture = np.random.default_rng(0).random((3, 7, 9, 1))
    assert resized(picture, 4, 20).mean(axis=(1, 2)) == pytest.approx(picture.mean(axis=(1, 2)))
    ramp = np.tile(np.arange(5.0), (5, 1))[np.newaxis, ..., np.newaxis]
    small = boxed(ramp, 3, 3)
    assert small[0, 0, :, 0] == pytest.approx([0.5, 2, 3.5])
    assert boxed(small, 5, 5)[0, 0, :, 0] == pytest.approx([0.5, 0.5, 2, 3.5, 3.5])
    assert len(np.unique(shown("pixelate", grey(), 5)[0].round(9))) <= 18 * 18
    assert pixelate is CORRUPTIONS["pixelate"]


@pytest.mark.parametrize("name", CORRUPTIONS)
@pytest.mark.parametrize("shape", [(4, 4, 1), (8, 8, 1), (28, 28, 1), (32, 32, 3), (9, 33, 3)], ids=str)
def test_a_corruption_takes_pictures_of_any_size_and_moves_them(name, shape):
    pictures = np.random.default_rng(0).random((6, *shape))
    for severity in (1, 5):
        found, again = shown(name, pictures, severity), shown(name, pictures, severity)
        assert found.shape == pictures.shape
        assert np.isfinite(found).all()
        assert (found == again).all()
        assert (np.clip(found, 0, 1) != pictures).any()


@pytest.mark.parametrize("name", sorted(set(CORRUPTIONS) - {"elastic_transform"}))
def test_the_fifth_severity_does_more_than_the_first(name):
    """Of elastic_transform the published constants turn less and bend more as it gets severer."""
    digits = load_digits().images[:100, ..., np.newaxis] / 16
    first, fifth = (np.abs(np.clip(shown(name, digits, s), 0, 1) - digits).mean() for s in (1, 5))
    assert fifth > 1.2 * first


@pytest.mark.parametrize("name", ["motion_blur", "zoom_blur", "fog", "elastic_transform"])
def test_the_same_scene_is_corrupted_about_as_much_whatever_its_size(name):
    scenes = {side: grey(side=side, cases=60) for side in (32, 64)}
    moved = {side: np.abs(shown(name, scene, 4) - scene).mean() for side, scene in scenes.items()}
    assert moved[32] == pytest.approx(moved[64], rel=0.35)


# The method


def bright_ones(cases=300, shape=(8, 8), dtype="float64", top=1.0):
    """Left half bright: yes; right half bright: no. The tiny model compares the halves."""
    rng = np.random.default_rng(5)
    yes = rng.integers(0, 2, cases).astype(bool)
    left = np.where(yes, 0.7, 0.3)[:, np.newaxis, np.newaxis]
    pictures = np.concatenate([np.tile(left, (1, 8, 4)), np.tile(1 - left, (1, 8, 4))], axis=2)
    pictures = np.clip(pictures + 0.02 * rng.standard_normal(pictures.shape), 0, 1)
    fed = np.rint(top * pictures) if dtype.startswith("int") else top * pictures
    return {"images": fed.astype(dtype).reshape(cases, *shape), "label": np.where(yes, "yes", "no")}


HALVES = np.tile([10.0] * 4 + [-10.0] * 4, 8).reshape(-1, 1)


def tiny(make_subject, rows=None, weights=HALVES, quantity=None, **more):
    return make_subject(
        rows or bright_ones(), tensor="images", weights=weights, bias=[0.0],
        dtype=more.pop("dtype", "float64"), quantity={"range": (0, 1), **(quantity or {})}, **more,
    )  # fmt: skip


def measured(subject, *which, rows=200, seed=1):
    return common_corruptions(subject, subject.table("test"), LEVEL, corruptions=which, rows=rows, seed=seed)


def test_every_severity_is_an_estimate_of_its_own_with_an_exact_bound(make_subject):
    found = measured(tiny(make_subject), "corruption=fog & severity=3", "corruption=pixelate & severity=1")
    assert len(found.estimates) == 11
    first = found.estimates[0]
    assert (first.stratum, first.n, first.kind) == ("corruption=fog & severity=1", 200, "statistical")
    right = round(float(first.value) * 200)
    assert float(first.demonstrating.lower) == pytest.approx(clopper_pearson(right, 200, 0.975)[0])
    assert float(first.refuting.upper) == pytest.approx(clopper_pearson(right, 200, 1 - 0.025 / 11)[1])
    shown = json.loads(found.exhibits[0].data)
    assert set(shown["corruptions"]) == {"fog", "pixelate"}
    assert [row["severity"] for row in shown["corruptions"]["fog"]] == [1, 2, 3, 4, 5]
    assert float(shown["clean"]["share"]) == 1
    assert float(shown["corruptions"]["fog"][0]["lower"]) == pytest.approx(float(first.demonstrating.lower))


def test_a_model_that_needs_one_dark_pixel_fails_in_the_light_and_one_that_compares_does_not(make_subject):
    """The threshold lies at a brightness that clean pictures never have there, and brighter ones always."""
    weights = HALVES.copy()
    dazzled = tiny(make_subject, weights=weights + 4.0, threshold=1 / (1 + np.exp(-(32 * 4.0))))
    which = "corruption=brightness & severity=5"
    good = {e.stratum: float(e.value) for e in measured(tiny(make_subject), which).estimates}
    bad = {e.stratum: float(e.value) for e in measured(dazzled, which).estimates}
    assert good[which] == 1
    assert bad[which] == pytest.approx(0.5, abs=0.12)


@pytest.mark.parametrize(("dtype", "shape", "top"), [("int64", (1, 8, 8), 255), ("float32", (8, 8, 1), 16.0)])
def test_integers_and_colour_axes_are_fed_as_declared(make_subject, dtype, shape, top):
    rows = bright_ones(shape=shape, dtype=dtype, top=top)
    subject = tiny(make_subject, rows, quantity={"range": (0, top)}, dtype=dtype, weights=HALVES / top)
    layout, fed = layout_of(subject.manifest.model.inputs), subject.table("test").inputs["input"]
    for name in CORRUPTIONS:
        found = corrupted(layout, fed, name, 3, np.random.default_rng(1))
        assert (found.shape, found.dtype) == (fed.shape, fed.dtype)
        assert found.min() >= 0
        assert found.max() <= top
    assert float(measured(subject, "corruption=jpeg_compression & severity=1").estimates[0].value) == 1


def test_cases_outside_the_contract_undecided_or_of_unknown_label_are_wrong(make_subject):
    rows = bright_ones(cases=100)
    rows["images"][:5, 0, 0] = np.nan
    rows["images"][5:10, 0, 0] = 1.5
    rows["label"] = rows["label"].astype(object)
    rows["label"][10:15] = "perhaps"
    rows["label"] = rows["label"].astype(str)
    found = measured(tiny(make_subject, rows), "corruption=brightness & severity=1", rows=100)
    assert {float(e.value) for e in found.estimates} == {0.85}


@pytest.mark.parametrize(
    "which", [(), ("fog",), ("corruption=rain & severity=1",), ("corruption=fog & severity=6",)]
)
def test_what_is_no_corruption_is_refused(make_subject, which):
    with pytest.raises(CannotMeasure, match="expected strata such as"):
        measured(tiny(make_subject), *which)


def test_a_corruption_that_changes_nothing_is_refused_and_another_severity_left_out(make_subject):
    """Of whole numbers 0 and 1 contrast of three quarters rounds back to what it was."""
    rows = bright_ones(dtype="int64")
    subject = tiny(make_subject, rows, dtype="int64", quantity={"range": (0, 1)})
    with pytest.raises(CannotMeasure, match="too little to test"):
        measured(subject, "corruption=contrast & severity=1")


@pytest.mark.parametrize("shape", [(64,), (2, 32), (3, 4, 3), (2, 8, 8)], ids=str)
def test_what_cannot_be_read_as_pictures_in_one_way_is_not_measured(make_subject, shape):
    size = int(np.prod(shape))
    rows = {"images": np.random.default_rng(0).random((50, *shape)), "label": np.repeat("yes", 50)}
    subject = tiny(make_subject, rows, weights=np.ones((size, 1)))
    with pytest.raises(CannotMeasure, match="no picture that is read in one way only"):
        measured(subject, "corruption=fog & severity=1")


def test_bounds_hold_for_a_share_that_is_known(make_subject):
    """Light of 0.15 on pictures that dazzle above 0.55: half of them stay below, by how they are drawn."""
    rng = np.random.default_rng(3)
    missed = 0
    for _ in range(40):
        level = rng.uniform(0.2, 0.6, 120)
        pictures = np.broadcast_to(level[:, np.newaxis, np.newaxis], (120, 8, 8)).copy()
        rows = {"images": pictures, "label": np.repeat("no", 120)}
        subject = tiny(
            make_subject, rows, weights=np.full((64, 1), 1 / 64), threshold=1 / (1 + np.exp(-0.55))
        )
        found = measured(subject, "corruption=brightness & severity=3", rows=120).estimates[2].demonstrating
        missed += not float(found.lower) <= 0.5 <= float(found.upper)
    assert missed <= 7  # two sides of 0.025 each in 40 trials: 8 or more by chance about once in 1,400 times


@pytest.mark.qualify
@pytest.mark.skipif(DATA is None, reason="CERTIFY_DATA names no folder with real data")
def test_real_digits_are_read_as_well_as_ever_in_jpeg_and_worse_in_fog(make_subject, capsys):
    """mnist_cntk.onnx reads 98.91 % of clean pictures (its publisher)."""
    folder = Path(str(DATA)) / "mnist"
    images = np.frombuffer(
        gzip.decompress((folder / "t10k-images-idx3-ubyte.gz").read_bytes()), np.uint8, offset=16
    )
    labels = np.frombuffer(
        gzip.decompress((folder / "t10k-labels-idx1-ubyte.gz").read_bytes()), np.uint8, offset=8
    )
    rows = {"images": images.reshape(-1, 1, 28, 28).astype("float32"), "label": labels.astype(str)}
    subject = mnist(make_subject, rows, (folder / "mnist_cntk.onnx").read_bytes())
    asked = tuple(f"corruption={name} & severity=3" for name in CORRUPTIONS)
    found = measured(subject, *asked, rows=1000)
    shown = json.loads(found.exhibits[0].data)
    with capsys.disabled():
        print("\nclean", shown["clean"]["share"])
        for name, rows_of in shown["corruptions"].items():
            print(f"{name:18}", *(f"{float(row['share']):.3f}" for row in rows_of))
    values = {e.stratum: float(e.value) for e in found.estimates}
    assert float(shown["clean"]["share"]) == pytest.approx(0.9891, abs=0.01)
    assert values["corruption=jpeg_compression & severity=3"] > 0.97
    assert values["corruption=fog & severity=5"] < values["corruption=fog & severity=1"]


def mnist(make_subject, rows, graph):
    import onnx

    model = onnx.load_from_string(graph)
    source, answer = (part[0].name for part in (model.graph.input, model.graph.output))
    entry = {
        "kind": "tensor", "name": source, "dtype": "float32", "shape": [1, 28, 28], "array": "images",
        "elements": {"unit": "1", "range": ["0", "255"]},
    }  # fmt: skip
    change = {
        "model": {
            "inputs": [entry], "outputs": [{"name": answer, "content": "score"}],
            "decision": {"rule": "argmax", "output": answer, "classes": [str(d) for d in range(10)]},
        }
    }  # fmt: skip
    return make_subject(
        rows,
        task="multiclass",
        tensor="images",
        graph=graph,
        classes=[str(d) for d in range(10)],
        change=change,
    )
