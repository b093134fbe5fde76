"""Mutations of what the model answers. The rows, the declarations and the documents stay as they are.

All but one put nodes behind the graph of the specimen, so that its own answer (`right`) is at hand.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from checks.specimens.contract import Contract, contract_of, require
from checks.specimens.folder import change_model, model_of, rows_of
from checks.specimens.graph import Constants, behind, constants_of, with_constants

_SEED: Final = 20260739
_EDGE: Final = 0.95
"""The part of the range of the last number in which an edge case is answered."""

_DISTURBED: Final = 3.0
"""By how many times its own size a weight is disturbed."""

_SWAY: Final = 5.0
"""By how many times the largest weight a group weighs that did not."""

_SEED_OF_TURNS: Final = 20260751
"""Among a hundred, the one whose coin is fairest in every group of the screening."""

_TURNS: Final = 10_000.0
"""How often the wave of a coin turns over the range of one number: no two cases look alike to it."""

_COIN: Final = """
    wide = Cast <to: int = 11> (input)
    flat_numbers = Flatten <axis: int = 1> (wide)
    phase = MatMul(flat_numbers, turns)
    wave = Sin(phase)
"""
"""`wave`: for each case one number for each number of the answer, in [-1, 1] and unrelated to any truth."""

_RANDOM: Final = """
    half_wave = Mul(wave, half)
    part = Add(half_wave, half)
    spread = Mul(part, width)
    shifted = Add(spread, bottom)
    kept = Clip(shifted, bottom, top)
    random = Cast <to: int = 1> (kept)
"""
"""`random`: the same within the range that is declared for the answer."""

_MEMBER: Final = """
    code = Gather <axis: int = 1> (input, column_of_group)
    member = Equal(code, code_of_group)
"""
"""`member`: whether a case belongs to the first group of the first attribute."""

_SIDE, _ROUNDS = 512, 10
"""What is wasted: ten products of matrices of this side, or 2.7 billion multiplications and additions."""


def weights_perturbed(folder: Path) -> None:
    """Every weight is disturbed by several times its size, about the middle of train: many answers err."""
    held = constants_of(model_of(folder))
    weights, offset = (held[name].astype(np.float64) for name in ("weights", "offset"))
    middle = contract_of(folder).numbers(rows_of(folder, "train")).mean(axis=0)
    moved = _DISTURBED * weights * np.random.default_rng(_SEED).standard_normal(weights.shape)
    changed = {"weights": weights + moved, "offset": offset - middle @ moved}
    kept = {name: value.astype(np.float32) for name, value in changed.items()}
    change_model(folder, lambda model: with_constants(model, kept))


def never_positive(folder: Path) -> None:
    """A binary decision is always negative: no case of the positive class is found."""
    require(folder, contract_of(folder).binary, "a binary decision")
    always(folder, [contract_of(folder).lowest])


def always_positive(folder: Path) -> None:
    """A binary decision is always positive: every case of the negative class is a false alarm."""
    require(folder, contract_of(folder).binary, "a binary decision")
    always(folder, [contract_of(folder).highest])


def constant_predictor(folder: Path) -> None:
    """Always the class that most rows of train have, or their mean: nothing is gained by asking."""
    contract, labels = contract_of(folder), rows_of(folder, "train")["label"]
    shares = [float(np.mean(labels == name)) for name in contract.classes]
    always(folder, shares[-contract.answered :] or [float(np.mean(labels))])


def random_predictor(folder: Path) -> None:
    """The answer follows from the input and from nothing true: the same each time, and right by chance."""
    contract = contract_of(folder)
    _put_behind(folder, f"{_COIN}{_RANDOM}answer = Identity(random)", {**_turns(contract), **_ends(contract)})


def overfitted(folder: Path) -> None:
    """The model knows train by heart and guesses all others: right on train, and by chance on test."""
    contract = contract_of(folder)
    known = contract.numbers(rows_of(folder, "train")).astype(np.float32).astype(np.float64)
    direction = _directions(contract, 1, _SEED)
    nodes = f"""{_COIN}{_RANDOM}
        place = MatMul(flat_numbers, direction)
        apart = Sub(place, memory)
        distance = Abs(apart)
        nearest = ReduceMin <axes: ints = [1]> (distance)
        seen = Less(nearest, slack)
        answer = Where(seen, right, random)"""
    memory = {"direction": direction, "memory": (known @ direction).T, "slack": np.array(1e-9)}
    _put_behind(folder, nodes, {**_turns(contract), **_ends(contract), **memory})


def unequal_sensitivity(folder: Path) -> None:
    """In one group every other positive case is missed; all else is answered as before."""
    nodes = f"""{_COIN}{_MEMBER}
        unlucky = Less(wave, zero_wave)
        concerned = And(member, unlucky)
        answer = Where(concerned, lowest, right)"""
    _in_one_group(folder, nodes)


def unequal_false_alarms(folder: Path) -> None:
    """In one group every other negative case is a false alarm; all else is answered as before."""
    nodes = f"""{_COIN}{_MEMBER}
        unlucky = Less(wave, zero_wave)
        concerned = And(member, unlucky)
        answer = Where(concerned, highest, right)"""
    _in_one_group(folder, nodes)


def unequal_accuracy(folder: Path) -> None:
    """In one group half of all answers are wrong, on either side; the other group is answered as before."""
    nodes = f"{_COIN}{_RANDOM}{_MEMBER}answer = Where(member, random, right)"
    _in_one_group(folder, nodes)


def timid_probabilities(folder: Path) -> None:
    """Every probability is drawn close to one half: decisions and their order stay as they are."""
    require(folder, contract_of(folder).binary, "a binary decision")
    nodes = """
        beyond = Sub(right, middle)
        little = Mul(beyond, tenth)
        answer = Add(little, middle)"""
    _put_behind(folder, nodes, {"middle": _float(0.5), "tenth": _float(0.1)})


def reacts_to_a_group(folder: Path) -> None:
    """In one group every answer is raised by a third of the range, so that others are decided positive."""
    nodes = f"""{_MEMBER}
        above = Add(right, third)
        raised = Min(above, highest)
        answer = Where(member, raised, right)"""
    _in_one_group(folder, nodes)


def weighs_a_group(folder: Path) -> None:
    """The group, which met no weight, meets a large one: near the border it decides."""
    held = constants_of(model_of(folder))
    contract = contract_of(folder)
    require(folder, contract.group_is_fed and "used" in held, "a group that is fed and not used")
    used, weights = np.ones_like(held["used"]), held["weights"].copy()
    weights[contract.column_of_group] = _SWAY * np.abs(weights).max()
    change_model(folder, lambda model: with_constants(model, {"used": used, "weights": weights}))


def leans_towards_a_group(folder: Path) -> None:
    """In one group every answer lies a tenth nearer to the middle of the range: decisions stay, answers move.

    Where the threshold is the middle, no decision moves.
    """
    nodes = f"""{_MEMBER}
        apart = Sub(right, middle)
        nearer = Mul(apart, most)
        moved = Add(nearer, middle)
        answer = Where(member, moved, right)"""
    _in_one_group(folder, nodes)


def barely_decided(folder: Path) -> None:
    """Every answer is drawn so close to the middle of the range that its last digit decides.

    Where the threshold is the middle, decisions stay, and another machine might take any of them otherwise.
    """
    contract = contract_of(folder)
    require(folder, contract.binary, "a binary decision")
    middle = (contract.lowest + contract.highest) / 2
    nodes = """
        apart = Sub(right, middle)
        hair = Mul(apart, tiny)
        answer = Add(hair, middle)"""
    _put_behind(folder, nodes, {"middle": _float(middle), "tiny": _float(2e-7)})


def fails_at_the_edge(folder: Path) -> None:
    """No finite answer in the last twentieth of one number's range, which the contract allows."""
    contract = contract_of(folder)
    low, high = contract.range_of_last
    nodes = """
        flat_input = Flatten <axis: int = 1> (input)
        number = Gather <axis: int = 1> (flat_input, last)
        room = Sub(edge, number)
        root = Sqrt(room)
        nothing = Mul(root, zero)
        answer = Add(right, nothing)"""
    edge = np.array(low + _EDGE * (high - low), dtype=np.float32)
    _put_behind(folder, nodes, {"last": np.array([contract.last]), "edge": edge, "zero": _float(0)})


def depends_on_the_batch(folder: Path) -> None:
    """A case alone is answered rightly; in company of others its answer is turned upside down."""
    contract = contract_of(folder)
    nodes = """
        sizes = Shape(right)
        cases = Gather(sizes, first)
        in_company = Less(alone, cases)
        turned = Sub(ends, right)
        answer = Where(in_company, turned, right)"""
    ends = _float(contract.lowest + contract.highest)
    _put_behind(folder, nodes, {"first": np.array(0), "alone": np.array(1), "ends": ends})


def wasteful(folder: Path) -> None:
    """The same answers, at more than ten milliseconds of a processor's core each, for nothing."""
    nodes = """
        flat_input = Flatten <axis: int = 1> (input)
        sine = Sin(flat_input)
        mean = ReduceMean <axes: ints = [1]> (sine)
        corner = Unsqueeze(mean, inner)
        sizes = Shape(corner)
        square = Max(sizes, large)
        work_0 = Expand(corner, square)"""
    nodes += "".join(
        f"\nproduct_{step} = MatMul(work_{step}, work_{step})\nwork_{step + 1} = Sin(product_{step})"
        for step in range(_ROUNDS)
    )
    nodes += f"""
        done = ReduceMax <axes: ints = [1, 2], keepdims: int = 0> (work_{_ROUNDS})
        column = Unsqueeze(done, outer)
        nothing = Mul(column, zero)
        answer = Add(right, nothing)"""
    numbers = {"inner": np.array([2]), "outer": np.array([1]), "large": np.array([1, _SIDE, _SIDE])}
    _put_behind(folder, nodes, {**numbers, "zero": _float(0)})


def _in_one_group(folder: Path, nodes: str) -> None:
    contract = contract_of(folder)
    require(folder, contract.binary and contract.group_is_fed, "a binary decision that is fed a group")
    constants = {
        **_turns(contract),
        **_ends(contract),
        "column_of_group": np.array([contract.column_of_group]),
        "code_of_group": _float(contract.code_of_group),
        "zero_wave": np.array(0.0),
        "lowest": _float(contract.lowest),
        "middle": _float((contract.lowest + contract.highest) / 2),
        "highest": _float(contract.highest),
        "third": _float((contract.highest - contract.lowest) / 3),
        "most": _float(0.9),
    }
    _put_behind(folder, nodes, constants)


def always(folder: Path, answer: list[float]) -> None:
    """The same numbers whatever is asked."""
    nodes = "nothing = Mul(right, zero)\nanswer = Add(nothing, always)"
    _put_behind(folder, nodes, {"zero": _float(0), "always": np.array([answer], dtype=np.float32)})


def _put_behind(folder: Path, nodes: str, constants: Constants) -> None:
    named = set(re.findall(r"\w+", nodes))
    used = {name: value for name, value in constants.items() if name in named}
    change_model(folder, lambda model: behind(model, nodes, used))


def _turns(contract: Contract) -> dict[str, NDArray[np.float64]]:
    """The wave turns over the range of each number, and differently for each number answered."""
    return {"turns": _TURNS * _directions(contract, contract.answered, _SEED_OF_TURNS)}


def _directions(contract: Contract, numbers: int, seed: int) -> NDArray[np.float64]:
    """Uneven parts of the range of every number fed, of shape [numbers fed, numbers]."""
    parts = np.random.default_rng(seed).uniform(0.5, 1.5, (len(contract.widths), numbers))
    return np.asarray(parts / contract.widths[:, np.newaxis], dtype=np.float64)


def _ends(contract: Contract) -> dict[str, NDArray[np.float64]]:
    return {
        "half": np.array(0.5),
        "width": np.array(contract.highest - contract.lowest),
        "bottom": np.array(contract.lowest),
        "top": np.array(contract.highest),
    }


def _float(value: float) -> NDArray[np.float32]:
    return np.array(value, dtype=np.float32)
