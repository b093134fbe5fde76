"""One run from a folder to a sealed dossier, as a person starts it: the flow, and what goes on beside it.

Prefect needs many seconds to start its server. Meanwhile the submission is taken in and the first
workers measure; the flow finds what they did.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from certify.dossier import Dossier
from certify.key import SigningKey
from certify.verification import Verification, verify_bytes
from flows.bench import Bench, open_bench
from flows.examination import Examination, close, conclude, deliver, prepare, tells_details, withhold
from flows.pace import Pace
from flows.qualification import Advance
from flows.self_test import SelfTest, nothing_done
from flows.wiring import Workplace, now, prefect_settings

Watch = Callable[[Examination], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """What a person asks for: this submission, that basis, signed with this key, written there."""

    submission: Path
    basis: str
    workplace: Workplace
    key: SigningKey
    signer: str
    laboratory: str
    destination: Path
    details: bool = False
    """Whether to hand out a dossier where one bit would be the answer; it retires the test data."""

    def tells(self, dossier: Dossier) -> bool:
        """Whether the dossier is handed out."""
        return self.details or tells_details(dossier)


def carry_out(order: Order, watch: Watch, *, proving: Advance = nothing_done) -> Verification:
    """Prove the program, examine, conclude, seal, deliver and verify.

    `proving` is told how far the program has got in proving itself, where it must; `watch` is told as soon as
    the tasks are known.
    """
    starting = start_prefect()
    examination = prepare(
        order.submission,
        order.basis,
        order.workplace,
        laboratory=order.laboratory,
        qualify=partial(SelfTest.specimens, advance=proving),
    )
    with open_bench(examination) as bench:
        bench.start(examination.tasks)
        watch(examination)
        starting.join()
        _run_flow(order, bench)
    _remember(examination)
    return _seal(order, examination)


def start_prefect() -> threading.Thread:
    """Import Prefect and bring up its server (if none is configured) in the background.

    What the user has set in the environment is respected. Starting twice is starting once.
    """
    for name, value in prefect_settings().items():
        os.environ.setdefault(name, value)
    Path(os.environ["PREFECT_HOME"]).mkdir(parents=True, exist_ok=True)
    starting = threading.Thread(target=_import_prefect, name="starting prefect", daemon=True)
    starting.start()
    return starting


def _import_prefect() -> None:
    from prefect.client.orchestration import get_client  # heavy: over a second

    import flows.certification  # noqa: F401 - compiled and imported while others measure

    with get_client(sync_client=True) as client:
        client.api_healthcheck()


def _run_flow(order: Order, bench: Bench) -> None:
    from flows.certification import certify_submission, taken_up  # heavy: imports Prefect

    work, standards = str(order.workplace.root), str(order.workplace.standards)
    with taken_up(bench):
        certify_submission(str(order.submission), order.basis, work, standards)


def _remember(examination: Examination) -> None:
    path = examination.workplace.root / "pace.json"
    kept = {task.method: examination.attempt.kept(digest) for digest, task in examination.tasks.items()}
    new = {method: float(record.seconds) for method, record in kept.items() if record}
    Pace({**Pace.read(path).seconds, **new}).write(path)


def _seal(order: Order, examination: Examination) -> Verification:
    from reports.html import render  # templates are read where a report is written

    sealed = close(examination, conclude(examination), key=order.key, signer=order.signer, render=render)
    verification = verify_bytes(sealed, order.key.public, source=order.destination.name, now=now())
    if order.tells(verification.dossier):
        deliver(examination, sealed, order.destination)  # nothing is handed out that does not verify
    else:
        withhold(examination, sealed)
    return verification
