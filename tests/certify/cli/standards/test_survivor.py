"""Every mutant that lives is told in words of its own."""

from __future__ import annotations

from small_pack import CHECK

from certify.cli.standards.survivor import survivor
from certify.mutation import mutants
from certify.standard import Check
from certify.strict_yaml import read
from flows.wiring import BUNDLED_STANDARDS


def every_mutant() -> dict[str, str]:
    """The mutants of every check that ships and of the small one, with the check that they come from."""
    texts = [
        path.read_text(encoding="utf-8") for path in BUNDLED_STANDARDS.glob("packs/*/checks/*/check.yaml")
    ]
    found: dict[str, str] = {}
    for text in (CHECK, *texts):
        check = read(text.encode(), source="check.yaml").validate(Check)
        if not check.open_values:
            found |= {mutant.name: check.id for mutant in mutants(check)}
    return found


def test_every_mutant_has_words_of_its_own() -> None:
    names = every_mutant()
    assert len(names) > 50
    for name in names:
        words = survivor(name)
        assert "written so" not in words.mistake, name
        assert words.remedy.startswith(("Add ", "Write ")), name
    stratum = survivor("at_least performance without a=1")
    assert stratum.mistake == "`at_least performance` did not look at a=1"
    assert survivor("limit floor one step lower").mistake == "the limit `floor` were one step lower"
