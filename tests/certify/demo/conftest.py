"""The two demonstrations, built once for all tests of this folder."""

from pathlib import Path

import pytest

pytest.importorskip("torch", reason="the demonstrations are built with torch")
pytest.importorskip("sklearn", reason="the demonstrations use data of scikit-learn")


@pytest.fixture(scope="session")
def digits_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished submission; tests only read it."""
    from certify.demo import digits

    folder = tmp_path_factory.mktemp("demo") / "digits"
    digits.build(folder)
    return folder


@pytest.fixture(scope="session")
def diabetes_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished submission; tests only read it."""
    from certify.demo import diabetes

    folder = tmp_path_factory.mktemp("demo") / "diabetes"
    diabetes.build(folder)
    return folder
