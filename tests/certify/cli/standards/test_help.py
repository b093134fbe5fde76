"""Every command explains itself."""

from __future__ import annotations

from typing import Any

import pytest
from desk import fits

COMMANDS = ("new", "propose", "check", "sign", "show", "diff", "coverage", "schema")


@pytest.mark.parametrize("command", [(), *[(name,) for name in COMMANDS]], ids=" ".join)
def test_every_command_explains_itself_on_a_narrow_screen(command: tuple[str, ...], certify: Any) -> None:
    done = certify("standards", *command, "--help", columns=60)
    assert (done.code, done.err) == (0, "")
    assert fits(done.out)
    if not command:
        assert all(f" {name} " in done.out for name in COMMANDS)
        assert "Exit codes: 0 it holds" in " ".join(done.out.split())
