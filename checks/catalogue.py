"""The visible list of methods: name, version, where it lives, what it takes.

Nothing here imports a method, so that listing and binding cost nothing. A test holds every entry against
the signature of the function that it names.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from certify.standard import MethodSignature
from certify.task import Task
from checks.fairness.methods import FAIRNESS
from checks.measured import Confidence, Measured
from checks.method import Method
from checks.method import method as _method
from checks.subject import Subject

METHODS: Mapping[str, Method] = dict(
    (
        _method(
            "checks.representativeness.shares:shares",
            "The share of each stratum in the data, alone and relative to the reference population.",
            parameters={"groups": "list"},
            streamed=True,
        ),
        _method(
            "checks.representativeness.distance:distance",
            "How far the data are from the reference population, over all cells of some attributes.",
            parameters={"attributes": "list"},
            streamed=True,
        ),
        _method(
            "checks.representativeness.domain:domain",
            "The share of rows outside the declared contract of the model.",
            streamed=True,
        ),
        _method(
            "checks.representativeness.coverage:coverage",
            "The share of the declared domain, in crossings of two columns, in which there are rows.",
            parameters={"parts": "integer", "fewest_rows": "integer"},
            streamed=True,
        ),
        _method(
            "checks.representativeness.coverage:novelty",
            "The share of rows in a crossing of two conditions that the data of another role do not hold.",
            parameters={"other_role": "text", "parts": "integer", "fewest_rows": "integer"},
            streamed=True,
        ),
        _method(
            "checks.representativeness.drift:drift",
            "How far the values of each column lie apart in this data set and in that of another role.",
            parameters={"other_role": "text"},
            streamed=True,
        ),
        _method(
            "checks.data_quality.expectations:expectations",
            "The share of cases that break each Great Expectations rule.",
            parameters={"expectations": "expectations"},
            streamed=True,
        ),
        _method(
            "checks.data_quality.schema:schema",
            "The share of rows that are not as the manifest declares, and whether every column is.",
            streamed=True,
        ),
        _method(
            "checks.data_quality.duplicates:duplicates",
            "The share of rows that repeat an earlier one, inputs and label alike.",
            streamed=True,
        ),
        _method(
            "checks.data_quality.overlap:overlap",
            "The share of rows whose inputs also stand in the data of another role.",
            parameters={"other_role": "text"},
            streamed=True,
        ),
        _method(
            "checks.data_quality.near_duplicates:near_duplicates",
            "The share of rows that nearly repeat an earlier one, beyond what rows do by chance.",
            parameters={"tolerance": "decimal", "rows": "integer", "seed": "integer"},
            streamed=True,
        ),
        _method(
            "checks.data_quality.near_overlap:near_overlap",
            "The share of rows that nearly repeat a row of another role, beyond what rows do by chance.",
            parameters={
                "other_role": "text",
                "tolerance": "decimal",
                "rows": "integer",
                "seed": "integer",
            },
            streamed=True,
        ),
        _method(
            "checks.data_quality.unit_leakage:unit_leakage",
            "The share of rows whose statistical unit also stands in the data of another role.",
            parameters={"other_role": "text"},
            streamed=True,
        ),
        _method(
            "checks.data_quality.time_leakage:time_leakage",
            "The share of rows no later than the last of another role, and of its rows no earlier.",
            parameters={"other_role": "text"},
            streamed=True,
        ),
        _method(
            "checks.data_quality.collection:collection_period",
            "The share of rows dated outside the declared period of collection, or not dated.",
            streamed=True,
        ),
        _method(
            "checks.data_quality.collection:collection_places",
            "The share of rows from none of the declared places.",
            streamed=True,
        ),
        _method(
            "checks.data_quality.keys:keys",
            "Whether the declared key is complete in every row, and tells each row from every other.",
            streamed=True,
        ),
        _method(
            "checks.data_quality.completeness:completeness",
            "The share of rows in which an input or the target is missing.",
            streamed=True,
        ),
        _method(
            "checks.data_quality.constants:constants",
            "The share of rows in which a column that is fed does not hold its most frequent value.",
            streamed=True,
        ),
        _method(
            "checks.data_quality.identifiers:identifiers",
            "Whether any column holds direct identifiers of persons that are not declared.",
            parameters={"seed": "integer"},
            streamed=True,
        ),
        _method(
            "checks.data_quality.units:units",
            "The share of rows whose value is written in another unit than the declared one.",
            streamed=True,
        ),
        _method(
            "checks.data_quality.labels:labels",
            "The share of rows whose label is none of the declared classes, or no finite number.",
            streamed=True,
        ),
        _method(
            "checks.data_quality.label_errors:label_errors",
            "The share of rows whose label is wrong, by what is suspected and by how many planted are found.",
            parameters={"fitted_on": "text", "rows": "integer", "seed": "integer"},
            streamed=True,
        ),
        _method(
            "checks.data_quality.target_leakage:target_leakage",
            "How much each feature alone tells of what is true.",
            parameters={"fitted_on": "text", "rows": "integer", "seed": "integer"},
            streamed=True,
        ),
        _method(
            "checks.objectives.claims:claims",
            "Each claimed metric measured again, as the margin over the claim.",
            parameters={"metrics": "list"},
        ),
        _method(
            "checks.objectives.performance:performance",
            "One metric, over all cases and in each group.",
            parameters={"metric": "text", "groups": "list"},
        ),
        _method(
            "checks.objectives.generalisation:generalisation",
            "How much worse one metric is on the data than on the training data.",
            parameters={"metric": "text"},
        ),
        _method(
            "checks.objectives.baseline:baseline_gain",
            "The accuracy of the model minus that of the best constant answer.",
        ),
        _method(
            "checks.objectives.savings:error_saved",
            "How much of the mean absolute error of the best constant number the model saves.",
        ),
        _method(
            "checks.objectives.last_value:error_saved_over_last_value",
            "How much of the error of repeating the last value, or class, the model saves.",
        ),
        _method(
            "checks.objectives.reproduction:reproduction",
            "How far the declared loss, evaluated on the training data, lies from its declared value.",
        ),
        _method(
            "checks.objectives.hidden_terms:hidden_terms",
            "The weight that the mean score of a group had in the loss for which the weights lie still.",
            parameters={"groups": "list", "rows": "integer", "seed": "integer"},
        ),
        _method(
            "checks.objectives.reading:reading",
            "How far the loss for which the weights lie still is from the declared one.",
            parameters={"deviations": "list", "rows": "integer", "seed": "integer"},
        ),
        _method(
            "checks.objectives.dependence:dependence",
            "The share of cases whose decision, or answer, moves with what it is declared not to depend on.",
            parameters={"features": "list", "seed": "integer"},
        ),
        _method(
            "checks.objectives.operating_point:operating_point",
            "The share of recorded decisions that the declared rule does not give.",
        ),
        _method(
            "checks.objectives.traceability:traceability",
            "Whether something is claimed, each claim is measured, and each printed figure is claimed.",
            parameters={"metrics": "list"},
        ),
        _method(
            "checks.robustness.noise:noise_stability",
            "The share of cases decided otherwise under the declared measurement noise.",
            parameters={"seed": "integer"},
        ),
        _method(
            "checks.robustness.batches:batch_consistency",
            "The share of cases decided otherwise among others than alone.",
            parameters={"batch": "integer"},
        ),
        _method(
            "checks.robustness.rounding:rounding",
            "The share of cases decided otherwise when every measured number is rounded.",
            parameters={"digits": "integer"},
        ),
        _method(
            "checks.cybersecurity.input_contract:input_contract",
            "Fuzzing of the declared input contract: the failure rate of random cases, and boundary cases.",
            parameters={"cases": "integer", "seed": "integer", "tolerance": "decimal"},
        ),
        _method(
            "checks.energy.inference:inference",
            "Energy for 1,000 inferences, modelled from CPU time.",
            parameters={"repeats": "integer", "batch": "integer", "watts_per_core": "decimal"},
            observed=True,
        ),
        *FAIRNESS,
        _method(
            "checks.documents.completeness:complete",
            "Whether a document of each kind is there and is not empty.",
            parameters={"kinds": "list"},
        ),
        _method(
            "checks.documents.figures:figures",
            "Whether every figure printed in a document equals what is measured.",
        ),
        _method(
            "checks.documents.explanation:explanation",
            "Whether decisions can be explained, or the absence of an explanation is stated.",
        ),
        _method(
            "checks.documents.sections:sections",
            "Whether a document of a kind has a section for each topic, with something written in it.",
            parameters={"kind": "text", "topics": "list"},
        ),
        _method(
            "checks.documents.declarations:declarations",
            "Whether the manifest says something about each topic.",
            parameters={"topics": "list"},
        ),
        _method(
            "checks.documents.opinion:opinion",
            "What only a person can judge: never measured, answered by a signed review.",
            parameters={"questions": "list", "competence": "text"},
        ),
    )
)


_, TABULATION = _method(
    "checks.tabulation.exhibit:tabulation",
    "The counts of one data set, which the streamed methods share. No check asks for it.",
    streamed=True,
)


def method_named(name: str) -> Method:
    """A method that a check may ask for, or the tabulation that serves several of them."""
    return TABULATION if name == TABULATION.signature.name else METHODS[name]


def signatures() -> Mapping[str, MethodSignature]:
    """What the core needs in order to bind checks to methods."""
    return {name: method.signature for name, method in METHODS.items()}


def measure(subject: Subject, task: Task) -> Measured:
    """Run the method of a task; raises `CannotMeasure` where it has no answer."""
    method = method_named(task.method)
    read = subject.relation if method.streamed else subject.table
    data = read(task.role) if task.role in ("train", "validation", "test") else None
    arguments: dict[str, Any] = task.arguments
    return method.function()(subject, data, Confidence(float(task.confidence)), **arguments)
