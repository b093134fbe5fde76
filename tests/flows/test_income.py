"""UCI Adult and a net that others trained on it, from the folder to the sealed dossier.

Every number that is expected here was known before: base rates published with the data, accuracy and rates
measured by whoever converted the nets, the share of women in the census of the United States.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from income import CLAIMS, NETS, adult, encoded, known, parts, share_of_women, write_income_submission
from pipeline import examined, in_process, sealed

from certify.dossier import Dossier
from certify.errors import Tampered
from certify.evidence import Estimate, Measurement
from certify.key import PublicKey, new_key
from certify.ruling import Outcome
from certify.standard import Check, pair_of
from certify.task import task_of
from certify.verification import verify
from flows.examination import agree_basis, conclude, deliver, read_submission
from flows.wiring import Workplace

BASIS = "demo/income-screening"
WOMEN, MEN = SEXES = "sex=female", "sex=male"

DEMONSTRATED = (
    "accuracy", "accuracy-in-every-group", "claimed-performance", "data-quality", "documented-figures",
    "documents-complete", "explanation-stated", "inference-energy", "representative-test-data",
    "representative-training-data", "robust-input-contract", "specificity",
    "stable-under-measurement-noise",
)  # fmt: skip
REFUTED = ("selection-rate-ratio", "sensitivity")
COPIED = ("no-test-data-in-training-data",)
"""Answers of a census are coarse: many persons of the test data have a double in the training data."""
SILENT = ("fr.x-alternative/suppliers-declared",)
"""The submission made for this test lists no software."""
INCONCLUSIVE = ("equal-true-positive-rate",)


@dataclass(frozen=True)
class Case:
    """The shared data, the dossier over the submission made from them, and the file that was delivered."""

    data: Path
    dossier: Dossier
    archive: Path
    key: PublicKey

    def estimates(self, check: str) -> dict[tuple[str, str], Estimate]:
        result = next(f.result for f in self.dossier.findings if f.check.id == f"eu.ai-act/{check}")
        assert isinstance(result, Measurement)
        return {(e.statistic, e.stratum): e for e in result.estimates}


@pytest.fixture(scope="module")
def case(certify_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Case:
    folder = tmp_path_factory.mktemp("income")
    submission = write_income_submission(folder / "submission", certify_data)
    key = new_key(folder / "key", passphrase=None)
    examination = examined(submission, Workplace(root=folder / "work"), basis=BASIS)
    deliver(examination, sealed(examination, key), folder / "dossier.zip")
    return Case(certify_data, conclude(examination), folder / "dossier.zip", key.public)


# The data, as published


def test_the_rows_are_read_as_they_were_published(certify_data: Path) -> None:
    """48,842 persons, of whom 10.93 % of the women and 30.38 % of the men earn more than 50,000 dollars."""
    rows = adult(certify_data)
    rates = rows.groupby("sex").income.mean().round(4).to_dict()
    assert (len(rows), rates) == (48_842, {"Female": 0.1093, "Male": 0.3038})
    assert round(rows.income.mean(), 4) == 0.2393


def test_the_split_is_that_of_the_nets(certify_data: Path) -> None:
    sizes = {role: len(rows) for role, rows in parts(certify_data).items()}
    assert sizes == {"train": 45_222 - 6_784, "test": 6_784}
    indices = [set(rows.index) for rows in parts(certify_data).values()]
    assert not indices[0] & indices[1]


# The verdict


def test_the_net_does_not_conform(case: Case) -> None:
    assert case.dossier.verdict.decision == "non_conforming"


def test_every_check_comes_out_as_the_known_numbers_say(case: Case) -> None:
    expected = dict.fromkeys(DEMONSTRATED, Outcome.DEMONSTRATED)
    expected |= dict.fromkeys(REFUTED, Outcome.REFUTED)
    expected |= dict.fromkeys(INCONCLUSIVE, Outcome.NOT_DEMONSTRATED)
    found = {j.check.removeprefix("eu.ai-act/"): j.outcome for j in case.dossier.verdict.judgements}
    assert {check: found[check] for check in expected} == expected
    others = {check for check, outcome in found.items() if outcome is not Outcome.DEMONSTRATED}
    assert others - {*REFUTED, *INCONCLUSIVE} == {*COPIED, *SILENT}


def test_the_four_fifths_rule_is_refuted_by_a_bound_and_not_by_a_point(case: Case) -> None:
    ratio = case.estimates("selection-rate-ratio")["selection_rate_ratio", pair_of(*SEXES)]
    assert ratio.refuting.upper is not None
    assert ratio.value < ratio.refuting.upper < 0.8
    assert ratio.refuting.confidence > ratio.demonstrating.confidence


def test_no_number_of_further_cases_is_advised_where_the_estimate_is_beyond_the_limit(case: Case) -> None:
    advised = {advice.check.removeprefix("eu.ai-act/"): advice.cases for advice in case.dossier.advice}
    assert advised == dict.fromkeys((*REFUTED, *INCONCLUSIVE, *COPIED))


# The estimates


def test_the_accuracy_is_the_one_that_was_known(case: Case) -> None:
    measured = case.estimates("accuracy")["performance", "all"]
    of_this_net = known(case.data, "AC-1")
    assert measured.n == of_this_net["n_test"]
    assert round(float(measured.value), 4) == of_this_net["accuracy_test15pct_seed42"]


def test_the_margin_of_each_claim_is_measured_minus_claimed(case: Case) -> None:
    margins = case.estimates("claimed-performance")
    assert set(margins) == {("claim_margin", metric) for metric in CLAIMS}
    for metric in ("accuracy", "sensitivity", "specificity"):
        measured = case.estimates(metric)["performance", "all"]
        margin = margins["claim_margin", metric]
        assert float(margin.value) == pytest.approx(float(measured.value) - CLAIMS[metric], abs=1e-12)


def test_true_positive_rates_rest_on_the_high_earners_of_each_sex(case: Case) -> None:
    """Counted by the published words, not by the codes that the net takes."""
    rows = adult(case.data).dropna().reset_index(drop=True).loc[parts(case.data)["test"].index]
    earners = rows.groupby("sex").income.sum()
    rates = case.estimates("equal-true-positive-rate")
    assert rates["true_positive_rate", WOMEN].n == earners["Female"]
    assert rates["true_positive_rate", MEN].n == earners["Male"]


def test_women_are_as_scarce_as_the_census_says(case: Case) -> None:
    """16,192 of the 48,842 persons are women; of the complete rows it is a little less."""
    assert (adult(case.data).sex == "Female").sum() == 16_192
    share = (encoded(case.data).sex == 0).mean()
    measured = case.estimates("representative-training-data")["share_ratio", WOMEN]
    assert float(measured.value) == pytest.approx(share / share_of_women(case.data), rel=0.005)
    assert round(float(measured.value), 2) == 0.64


# The seal


def test_the_sealed_dossier_verifies_and_says_the_same(case: Case) -> None:
    verification = verify(case.archive, case.key)
    assert verification.dossier == case.dossier
    assert verification.dossier.verdict.decision == "non_conforming"
    assert verification.certifiable is False


def test_one_changed_digit_of_an_estimate_is_found(case: Case, tmp_path: Path) -> None:
    value = str(case.estimates("accuracy")["performance", "all"].value).encode()
    data = case.archive.read_bytes()
    assert value in data
    (tmp_path / "changed.zip").write_bytes(data.replace(value, value.replace(b"0.85", b"0.95")))
    with pytest.raises(Tampered):
        verify(tmp_path / "changed.zip", case.key)


# The other nets


@pytest.mark.parametrize("net", NETS)
def test_every_net_has_its_known_accuracy_and_rates(net: str, certify_data: Path, tmp_path: Path) -> None:
    submission = write_income_submission(tmp_path / "submission", certify_data, net=net)
    measured = Measured(submission, Workplace(root=tmp_path / "work"))
    of_this_net = known(certify_data, net)
    accuracy = measured.estimates("accuracy", "test")["performance", "all"]
    assert round(float(accuracy.value), 4) == of_this_net["accuracy_test15pct_seed42"]
    women, men = (measured.selected(stratum) for stratum in SEXES)
    everybody = (women[0] + men[0]) / (women[1] + men[1])
    assert women[1] + men[1] == of_this_net["n_all"]
    assert everybody == pytest.approx(of_this_net["positive_rate_all"], abs=5.1e-5)
    gap = men[0] / men[1] - women[0] / women[1]
    assert gap == pytest.approx(of_this_net["male_minus_female_positive_rate"], abs=5.1e-5)


class Measured:
    """Single measurements of a submission, on data of any role."""

    def __init__(self, submission: Path, workplace: Workplace) -> None:
        self.intake = read_submission(submission, workplace)
        basis = agree_basis(BASIS, self.intake, workplace.load_standards())
        self.checks: Mapping[str, Check] = {check.id: check for check in basis.required}
        self.measure = in_process(self.intake.artifacts, workplace)

    def estimates(self, check: str, role: str) -> dict[tuple[str, str], Estimate]:
        task = task_of(self.checks[f"eu.ai-act/{check}"], self.intake.root).model_copy(update={"role": role})
        result = self.measure(task).result
        assert isinstance(result, Measurement)
        return {(e.statistic, e.stratum): e for e in result.estimates}

    def selected(self, stratum: str) -> tuple[int, int]:
        """How many of a group were selected, and how large it is, training and test data together."""
        rates = [
            self.estimates("selection-rate-ratio", role)["selection_rate", stratum]
            for role in ("train", "test")
        ]
        return sum(round(rate.value * rate.n) for rate in rates), sum(rate.n for rate in rates)
