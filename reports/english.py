"""The fixed text of a report in English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from reports import english_pictures

_TEXTS = {
    # Page
    "skip": "Skip to the decision",
    "contents": "Contents",
    "report": "Conformity report",
    "number_note": (
        "Numbers show at most six significant digits; every digit is in the number's title and in "
        "dossier.json."
    ),
    "english_note": "What the record says in English only is shown in English.",
    "back": "Back to the matrix",
    "none": "none",
    "colon": ":",
    # First page
    "principle": "Presumed non-conforming until demonstrated.",
    "conforming": "CONFORMING to the basis {basis} {version}: {counted}.",
    "all_demonstrated_one": "the only required check is demonstrated",
    "all_demonstrated_many": "all {number} required checks are demonstrated",
    "non_conforming": "NON-CONFORMING: {counted}.",
    "refused_one": "{number} of {required} required checks is not demonstrated",
    "refused_many": "{number} of {required} required checks are not demonstrated",
    "nothing_required": "nothing was required, and over nothing nothing is demonstrated",
    "other_findings": "the findings are not exactly those that the basis requires",
    "self_assessed_why": (
        "Whoever made this report held the test data. The stated confidence holds only where an authority"
        " runs the measurements on sealed data, once."
    ),
    "system": "System",
    "applicant": "Applicant",
    "basis": "Basis",
    "certifiable": "Certifiable",
    "yes": "yes",
    "no": "no",
    "why_not": "No certificate may rest on this run:",
    "not_conforming_reason": "the decision is non-conforming",
    "seal_tells": (
        "This page was written before the signature, and assumes a development key. The seal itself "
        "(seal.dsse.json) says which kind of key signed."
    ),
    "refusing": "What refuses",
    "not_proved": "What a pass does not prove",
    "not_proved_populations": (
        "Anything about other populations than the declared one, or about groups for which no claim is made."
    ),
    "not_proved_versions": (
        "Anything about other versions or other bytes: the digests below name what was measured, and "
        "nothing else."
    ),
    "not_proved_law": (
        "Conformity with the law. This is not a CE marking, not an EU declaration of conformity, and not "
        "a certificate of a notified body."
    ),
    "not_proved_limits": (
        "That the law sets the limits. Where the reason given for a limit says that it is ours, it is ours."
    ),
    "not_proved_beyond": "That nothing else can fail: only what the required checks measure was looked at.",
    "scope": "Scope of the claim",
    "purpose": "Intended purpose",
    "excluded": "Excluded uses",
    "population": "Population",
    "population_source": "Source: {source} ({as_of})",
    "test_data": "Test data",
    "collected": "Collected from {first} to {last}",
    "no_test_data": "none were submitted",
    "excused": "Checks out of scope",
    "excused_note": "Excused by declared facts. These are claimed, not countersigned.",
    "no_excused": "None: every check of the basis was required.",
    "no_claim": "Groups for which no claim is made",
    "no_claim_lead": "No required check names these declared groups:",
    "every_other_group": "every other group, declared or not, and every crossing of groups",
    "explanation": "Can decisions be explained?",
    "explained": "Yes, says the vendor",
    "not_explained": "No, says the vendor",
    "digests": "What this page speaks of",
    "digest_submission": "Submission",
    "digest_basis": "Basis",
    "digest_protocol": "Protocol",
    "digest_comparison": "Comparison",
    "comparison_note": "Two runs that reproduce one another have the same comparison digest.",
    # Matrix
    "matrix": "Compliance matrix",
    "matrix_caption": "Every required check: what was required, what was found, and what follows",
    "legend_demonstrated": "the bound lies on the safe side of the limit, in every group required.",
    "legend_refuted": (
        "even the bound that favours the system, corrected for all comparisons, lies beyond the limit."
    ),
    "legend_not_demonstrated": "neither of the two, or not measured. It refuses as well.",
    "legend_lead": "Bounds decide, never the estimate.",
    "outcome": "Outcome",
    "check": "Check",
    "clauses": "Clauses",
    "method": "Method",
    "required_found": "Required, and what decided",
    "no_finding": "There is no finding: the check was never measured.",
    "all_hold": "all {number} hold",
    "worst": "the worst of {number}",
    "estimate": "estimate",
    "upper_bound": "upper bound",
    "lower_bound": "lower bound",
    "none_bound": "no bound",
    "whole": "all cases",
    "at_most": "upper bound at most",
    "at_least": "lower bound at least",
    "count": "cases at least",
    "holds": "holds",
    "nothing_found": "no counterexample found",
    "among": "one of",
    "by_area": "By area",
    "by_area_caption": "Required checks by area and outcome",
    "area": "Area",
    "required": "Required",
    "total": "All areas",
    # Findings
    "findings": "Findings",
    "findings_lead": "A second laboratory recomputes these exactly in the same environment.",
    "no_findings": "There is none.",
    "rationale": "Why",
    "clauses_caption": "Clauses, and how the check relates to them",
    "instrument": "Instrument",
    "locator": "Place",
    "relation": "Relation",
    "text_of": "Text as of",
    "note": "Note",
    "method_version": "{method}, version {version}",
    "measuring": "How it is measured",
    "role": "Data opened",
    "confidence": "Confidence",
    "kinds": "Kinds of evidence accepted",
    "parameters_caption": "What the method was given",
    "limits": "Limits",
    "limits_caption": "What the criterion requires; the method never sees it",
    "name": "Name",
    "value": "Value",
    "unit": "Unit",
    "range": "Permitted",
    "range_of": "{low} to {high}",
    "stricter": "Stricter",
    "why": "Where it comes from",
    "rulings": "Outcome and reasons",
    "rulings_caption": "Every comparison, and how it came out",
    "of_what": "Of",
    "explained_as": "Explanation",
    "silent": "silent",
    "silent_why": "finding none demonstrates nothing",
    "reason": "Reason",
    "measured": "What was measured",
    "estimates_caption": "Estimates of {statistic}",
    "stratum": "Stratum",
    "lower": "Lower",
    "upper": "Upper",
    "demonstrating": "To demonstrate",
    "refuting": "To refute, corrected",
    "at_confidence": "Confidence, %",
    "cases": "n",
    "interval": "Interval",
    "kind": "Kind",
    "statements_caption": "Statements",
    "said": "What was said",
    "subject": "Subject",
    "circumstances_caption": "Circumstances of the measurement",
    "not_measured": "Nothing was measured.",
    "plot_title": "{statistic}: estimates, bounds and limit",
    "plot_at_most": (
        "One row for each of {number} strata. The upper bound must not lie to the right of the dashed "
        "line at {limit}; the shaded side refuses. The table below holds the numbers."
    ),
    "plot_at_least": (
        "One row for each of {number} strata. The lower bound must not lie to the left of the dashed line"
        " at {limit}; the shaded side refuses. The table below holds the numbers."
    ),
    "plot_key": (
        "In the drawings, mark: estimate (disc: demonstrated; cross: refuted; ring: not demonstrated). "
        "Bar: one-sided bounds, the corrected ones where refuted; the tall end decides; a broken line has"
        " no bound."
    ),
    "plot_limit": "limit {limit}",
    "advice_caption": "How many cases in all would be needed, at the present estimate",
    "advice_cases": "Cases",
    "advice_none": "no number of cases is known to suffice",
    "remedy": "What to do",
    "evidence": "Evidence",
    "evidence_caption": "What the method produced",
    "no_evidence": "The method left no file.",
    "digest": "Digest",
    "bytes": "Bytes",
    "media_type": "Type",
    "visibility": "May be seen by",
    "opened_caption": "Files of the submission that were opened",
    "file": "File",
    "reproduce": "Measure it again",
    "reproduce_note": "SUBMISSION is the folder that was submitted.",
    # Observed
    "observed": "Observed findings",
    "observed_lead": (
        "These depend on clocks, meters or the arithmetic of one machine. They are signed, but stand "
        "outside the comparison digest: two laboratories agree if the outcomes are the same and the "
        "estimates differ by no more than the noise floor."
    ),
    "noise_floor": "Noise floor",
    "noise_floor_of": "{percent} % of the estimate",
    "no_noise_floor": "none is stated: only outcomes are compared",
    "no_observed": "There is none: every finding is reproducible.",
    # Record
    "record": "Record",
    "environment": "Environment",
    "isolation": "Isolation",
    "network": "Network",
    "network_denied": "denied to the workers",
    "network_open": "not denied",
    "python": "Interpreter",
    "platform": "System",
    "processor": "Processor",
    "program_digest": "Program, by digest",
    "cores": "Cores",
    "threads": "Threads per worker",
    "variables": "Variables",
    "libraries_caption": "Libraries",
    "library": "Library",
    "version": "Version",
    "run": "Run",
    "program": "Program",
    "attempt": "Attempt",
    "laboratory": "Laboratory",
    "started": "Started",
    "finished": "Finished",
    "seconds_caption": "Time per task, in seconds",
    "task": "Task",
    "task_checks": "Serves",
    "seconds": "Seconds",
    "protocol": "Protocol",
    "locked_at": "Locked at",
    "locked_by": "Locked by",
    "allowance": "Openings of the test data",
    "allowance_of": "{opened} on record, {allowed} allowed",
    "ledger": "Ledger",
    "ledger_caption": "Who opened which data, when and for what",
    "no_ledger": "No entry was carried over.",
    "sequence": "No.",
    "at": "When",
    "event": "Event",
    "data_role": "Data",
    "under": "Protocol",
    "what_for": "For",
    "artifacts": "Artifacts",
    "packs": "Packs of checks",
    "packs_caption": ("From which packs the checks were taken, and whose signature these carry"),
    "pack": "Pack",
    "signature": "Signature",
    "lock_digest": "Digest of its lock",
    "stewards_digest": "Digest of the list of stewards that were believed",
    "signed_by": "{steward}, with a {kind} key",
    "signed_by_nobody": "Nobody signed it",
    "proved_counts": (
        "Before anything was measured, {vectors} vectors of these checks and {specimens} "
        "known-good and known-bad specimens came out as they must."
    ),
    "artifacts_caption": "Every file of the submission",
    "verify": "How to verify",
    "verify_lead": "Offline, from the dossier and the laboratory's public key alone:",
    "verify_does": (
        "It hashes every byte again, checks the signature, and derives every outcome and the verdict "
        "again from the stored estimates."
    ),
    "verify_not": "It does not check:",
}

_TERMS = {
    "contributes-to": "contributes to",
    "none": "none",
    "higher": "higher",
    "lower": "lower",
    "superset": "more elements",
    "fixed": "fixed",
}

TEXTS: Mapping[str, str] = MappingProxyType(
    {k: v.replace("'", "\u2019") for k, v in {**_TEXTS, **english_pictures.TEXTS}.items()}
)
"""Key to text."""

TERMS: Mapping[str, str] = MappingProxyType(_TERMS)
"""Words of closed vocabularies that are not readable as they stand."""
