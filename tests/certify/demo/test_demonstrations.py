"""The bases are named by the demonstrations, and the groups that they require must be declared there."""

import subprocess
import sys
from pathlib import Path

import pytest

from certify.demo import DEMONSTRATIONS
from certify.strict_yaml import read
from certify.submission import load

BASES = Path(__file__).parents[3] / "standards" / "bases"


def required_groups(basis: str) -> set[str]:
    path = BASES / f"{basis}.yaml"
    selected = read(path.read_bytes(), source=str(path)).value["select"]
    return {group for choice in selected for group in choice.get("parameters", {}).get("groups", ())}


@pytest.mark.parametrize("name", DEMONSTRATIONS)
def test_every_group_that_the_basis_requires_is_declared(name: str, request: pytest.FixtureRequest) -> None:
    manifest = load(request.getfixturevalue(f"{name}_folder")).manifest
    declared = {stratum for attribute in manifest.data.attributes for stratum in attribute.strata()}
    required = required_groups(DEMONSTRATIONS[name][1])
    assert required
    assert required <= declared


def test_listing_them_imports_nothing_heavy() -> None:
    code = "import sys, certify.demo; print({'torch', 'sklearn', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
