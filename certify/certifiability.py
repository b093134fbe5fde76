"""Whether a certificate may follow: derived apart from the verdict, from facts outside the findings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from certify.environment import IsolationLevel


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """The facts outside the findings on which a certificate depends."""

    isolation: IsolationLevel
    network_denied: bool
    key_kind: Literal["development", "production", "none"]
    protocol_countersigned: bool
    locked_before_opening: bool
    openings_within_allowance: bool
    test_data_retired: bool
    sealed_data_run_by_authority: bool
    excusals_countersigned: bool
    unsigned_packs: tuple[str, ...]
    development_packs: tuple[str, ...]
    qualified: bool
    unproved_checks: tuple[str, ...]
    deviations: int


def obstacles(standing: Standing) -> tuple[str, ...]:
    """Every reason why no certificate may rest on this run, whatever its verdict; empty: certifiable."""
    conditions = (
        (standing.sealed_data_run_by_authority, "the authority did not run it on sealed data"),
        (standing.locked_before_opening, "the protocol was not locked before the test data were opened"),
        (
            standing.openings_within_allowance,
            "the test data were opened more often than the protocol allows",
        ),
        (
            not standing.test_data_retired,
            "details of an earlier attempt on the same test data were told, which retires them",
        ),
        (standing.protocol_countersigned, "the authority has not countersigned the protocol"),
        (
            standing.excusals_countersigned,
            "an excusal is only claimed: the authority has not countersigned it",
        ),
        (standing.isolation != "I0", "the methods ran at isolation I0; I1 or better is required"),
        (standing.network_denied, "the workers were not denied the network"),
        (standing.key_kind == "production", f"the signing key is of kind: {standing.key_kind}"),
        (not standing.unsigned_packs, "a pack that was used is signed by nobody"),
        (not standing.development_packs, "a pack that was used is signed with a development key"),
        (standing.qualified, "the program was not qualified on its specimens before it measured"),
        (not standing.unproved_checks, "a check that was used has no vectors or specimens that prove it"),
        (standing.deviations == 0, f"{standing.deviations} deviations are in force"),
    )
    return tuple(text for holds, text in conditions if not holds)
