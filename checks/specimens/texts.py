"""What the documents of a specimen say, topic by topic.

Every topic that a check may ask for stands in one kind of document, under a heading of its own. Words in
braces are filled in by each specimen. The texts are short, and true of an invented system; whether they would
satisfy a reader is not what a specimen is for.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Section = tuple[str, str]
"""A heading, and what stands under it."""

_GENERAL_DESCRIPTION = """
general_description: What the system is
{system} is an invented system on {inputs}. It {purpose}, and does nothing else.

operational_domain: Where it works
It is made for {inputs} within the ranges that the manifest declares, measured indoors by trained staff.

upstream_information: What we were told by suppliers
No model of others is built in. The supplier of the runtime publishes its changes and known faults.
"""

_DEVELOPMENT_PROCESS = """
design_logic: How it decides
Each number is multiplied by a fixed weight; the sum decides. {answers}. No other rule is hidden in it.

architecture_and_compute: How it is built, and on what it was trained
One linear layer with fewer than a hundred weights, found in seconds on one core of a desktop computer.

third_party_parts: Parts that others made
Only the runtime comes from somebody else. It is pinned to one version, whose licence is listed.

metrics_rationale: Why these metrics
The share of right answers, or the mean error, is what {persons} feel. It is given with its bounds.

test_procedures: How it is tested
The test rows were drawn apart from all others and are used once for each version, by another person.

test_reports: What the tests found
The report of each test is kept, dated and signed by whoever ran it; the last one has no open point.

oversight_assessment: Whether oversight works
Two persons who watch the system were given wrong answers on purpose, and noticed nine of ten.

cybersecurity_measures: How it is protected
The file of the model is signed, inputs outside their ranges are rejected, and access is recorded.

fallback_plans: What happens when it fails
Without an answer, or with a number that is not finite, staff go on by hand as they did before.

learning_after_release: Learning after release
Weights change only with a new version. Its own answers are never used as labels, so that no loop forms.

change_plan: Changes that are planned
Once a year the weights are found anew from confirmed cases; every check is repeated before they are used.

lifecycle_changes: Changes so far
Version 1.0 is the first one. Each later version is listed here with what changed and why.

standards_applied: Standards that were followed
No harmonised standard was applied in full; what was done in place of one is told in this document.

configuration_management: How versions are kept
Code, data and weights carry one number and one digest; nothing is released that is not under control.

reuse_assessment: Reuse of earlier parts
Nothing was taken over from an earlier system, so that no use outside its first purpose had to be judged.

reproducibility: How it can be made again
Seeds, versions and the order of steps are recorded: a second run gave the same bytes.

environmental_impact: What it takes from the environment
Training took far less than a kilowatt hour. In use it needs a fraction of a joule for each answer.
"""

_INSTRUCTIONS_FOR_USE = """
provider_identity: Who provides it
Specimen Works Ltd, 1 Example Street; conformity@example.org.

intended_purpose: What it is for
{system} {purpose}. Any other use is excluded.

input_specification: What has to be fed to it
It takes {inputs}, in the units and ranges of the manifest, measured on the day of use.

output_interpretation: How to read its answers
{answers}. An answer is a hint that may be wrong, and never a finding by itself.

oversight_measures: Who watches it, and how
Trained staff see each answer beside the measurements and may overrule it without giving reasons.

circumstances_of_risk: When it becomes dangerous
Badly calibrated instruments and hurry are known to lead to {harm}; so does trusting it blindly.

explanation_of_outputs: Why it answers as it does
Beside each answer stands the share of every number in the sum, the largest one first.

group_performance: How it does in each group
It was measured apart for every group that the manifest declares; no group does clearly worse.

degradation: How it grows worse
As instruments age its errors grow slowly. Calibrate them every year, and compare with last year's errors.

hardware_and_lifetime: Hardware, upkeep and lifetime
One core of any computer is enough. It is maintained for five years, with a check every twelve months.

log_contents: What is logged
Each use is logged with its time, its inputs, its answer, and who decided in the end.

log_retention: How long logs are kept
Logs are kept for two years on the site, and are then erased.

log_reading: How logs are read
The logs are plain tables. Their columns are named as in the manifest and open in any spreadsheet.

contest_of_decisions: How to object
Whoever is concerned may ask for a second decision, made by a person who has not seen the first one.
"""

_RISK_FILE = """
risk_identification: What can go wrong
Wrong answers lead to {harm}. Failing instruments, drift and misuse were found to be their causes.

risk_evaluation: How serious it is
Each risk is rated by how often it happens and whom it hurts; two are rated high, and none is hidden.

misuse: Misuse that can be foreseen
Somebody may use it outside its ranges, or let it decide alone. Both are excluded, and the first is blocked.

risk_measures: What is done about it
Inputs are checked, staff are trained, and every answer is shown with what speaks for it.

residual_risk: What remains
About one answer in a hundred stays wrong. Set against what is gained, this was judged acceptable.

vulnerable_groups: Children and others at risk
No child is among {persons}. Persons who cannot object for themselves are seen by staff first.

post_market_feedback: What use has taught
Reports from the sites are read every month, and each leads to a new look at this file.

rights_impact: What it means for rights
Equal treatment and privacy of {persons} may be touched; how, and what protects them, was written down.
"""

_POST_MARKET_PLAN = """
post_market_plan: The plan
From the first day of use errors are counted, by group, and compared with those that were certified.

monitoring: What is watched
The share of answers that staff overrule is watched weekly; two in a hundred start an inquiry.

incident_reporting: Who is told of incidents
A serious incident is reported to the authority at once, and at the latest after fifteen days.

corrective_action: How faults are corrected
A faulty version is withdrawn from every site within a day, and all who use it are told why.
"""

_DATA_SHEET = """
data_design_choices: What was decided about the data
Only quantities that staff measure anyway were chosen; nothing about origin or income was asked.

data_collection: How the data came about
A random generator with a fixed seed drew every row; whoever runs it again gets the same ones.

data_preparation: How the data were prepared
Numbers were rounded to the digits of the instruments. No row was removed and no value filled in.

data_assumptions: What the data are taken to mean
The label is taken to be the truth: the generator knows it, and nobody else looked.

data_gaps: What is missing in the data
Rare combinations of extreme values hardly occur. More of them would be needed to speak about them.

data_setting: Where the data fit
They stand for one region and one kind of instrument, which is where the system is used.

special_category_data: Special categories of data
None were used to search for bias. What the manifest declares of {persons} was enough for it.

data_quality_requirements: What the data had to fulfil
Each value within its range, none missing, no row twice, and no row of the test among those of training.
"""

_OTHER = """
quality_management: How quality is managed
Responsibilities, procedures and records are written down, and audited inside the house every year.

declaration_of_conformity: Declaration of conformity
The declaration will be signed when a certificate exists; its draft names system, version and law.

record_retention: How long records are kept
All documents and this dossier are kept for ten years after the last unit was put into use.

registration: Where it is registered
It is entered in the register of the union before use, under the number that is printed on its cover.

automated_decision_basis: On what ground decisions are automated
No decision rests on it alone: a person decides each time, and may decide otherwise.
"""


def _sections(text: str) -> dict[str, Section]:
    """From blocks whose first line is `topic: heading` to topic -> section."""
    found = {}
    for block in text.strip().split("\n\n"):
        first, _, rest = block.partition("\n")
        topic, _, heading = first.partition(": ")
        found[topic] = (heading, rest)
    return found


SECTIONS: Final[Mapping[str, Mapping[str, Section]]] = {
    "general_description": _sections(_GENERAL_DESCRIPTION),
    "development_process": _sections(_DEVELOPMENT_PROCESS),
    "instructions_for_use": _sections(_INSTRUCTIONS_FOR_USE),
    "risk_file": _sections(_RISK_FILE),
    "post_market_plan": _sections(_POST_MARKET_PLAN),
    "data_sheet": _sections(_DATA_SHEET),
    "other": _sections(_OTHER),
}
"""Kind of document -> topic -> section."""

TOPICS: Final[Mapping[str, str]] = {topic: kind for kind, topics in SECTIONS.items() for topic in topics}
"""Every topic, and the kind of document in which specimens speak of it."""
