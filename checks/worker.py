"""The worker: one task in, one answer out, then the end.

`python -m checks.worker CONTROL MODULE...` starts a host, which imports what most methods need and the
modules that are named, once, and forks a worker for each job. The worker confines itself before it opens a
vendor's byte and answers on the channel that it is given; whatever a library prints goes nowhere. It knows no
limit and no criterion: neither is in the job.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path

from certify.digest import Digest
from certify.errors import CertifyError, Tampered
from certify.evidence import EvidenceItem, Measurement, NotMeasured, Reason
from certify.sandbox import Caps, confine, serve
from certify.store import Store
from certify.strict_yaml import read
from certify.submission import MANIFEST, Manifest
from checks.catalogue import measure, method_named
from checks.channel import Job, Reply
from checks.files import Files
from checks.measured import CannotMeasure, Exhibit
from checks.subject import Subject
from checks.tabulation import Tabulation

PREPARED = (
    "numpy", "pandas", "pyarrow.parquet", "scipy.optimize", "scipy.special", "onnxruntime", "duckdb",
)  # fmt: skip
"""What the host imports before it forks: each takes up to a second, and no vendor's byte is near yet."""


def main() -> None:
    """Be the host: fork a worker for each job that is asked for on the control socket."""
    for name in (*PREPARED, *sys.argv[2:]):
        import_module(name)
    serve(int(sys.argv[1]), work)


def work(channel: int) -> None:
    """Answer the job on standard input."""
    job = Job.from_bytes(sys.stdin.buffer.read(), source="job")
    confine(Caps(**job.caps.model_dump()))
    reply = answer(job)
    with os.fdopen(channel, "wb") as stream:
        stream.write(reply.to_bytes())


def answer(job: Job) -> Reply:
    """Measure; every way in which that can fail becomes an answer that says so."""
    try:
        return _measured(job)
    except CannotMeasure as refusal:
        return _refusal(job, refusal.reason, refusal.explanation)
    except MemoryError:
        return _refusal(job, Reason.LIMIT_EXCEEDED, "The method needed more memory than a worker may use.")
    except Tampered as error:
        return _refusal(job, Reason.UNBOUND, str(error))
    except CertifyError as error:
        return _refusal(job, Reason.NOT_MEASURED, str(error))
    except Exception as error:  # the boundary: whatever a method raises is a finding, not a crash
        return _refusal(job, Reason.METHOD_FAILED, f"{type(error).__name__}: {error}")


def _measured(job: Job) -> Reply:
    store = Store(Path(job.blobs))
    files = Files(job.artifacts, {a.path: store.path(a.digest) for a in job.artifacts})
    manifest = read(files.read(MANIFEST), source=MANIFEST).validate(Manifest)
    counted = {role: _counted(store, digest) for role, digest in job.tabulations.items()}
    measured = measure(Subject(manifest, files, job.task.submission, counted), job.task)
    result = Measurement(
        task=job.task.value_digest,
        method=job.task.method,
        version=job.task.version,
        observed=method_named(job.task.method).signature.observed,
        estimates=measured.estimates,
        statements=measured.statements,
        circumstances=measured.circumstances,
        evidence=tuple(map(_item, measured.exhibits)),
        opened=files.opened,
    )
    return Reply(result=result, attachments=tuple(exhibit.data for exhibit in measured.exhibits))


def _counted(store: Store, digest: Digest) -> Tabulation:
    return Tabulation.from_bytes(store.get(digest), source="the counts of a data set")


def _item(exhibit: Exhibit) -> EvidenceItem:
    return EvidenceItem(
        name=exhibit.name,
        digest=Digest.of(exhibit.data),
        size=len(exhibit.data),
        media_type=exhibit.media_type,
        visibility=exhibit.visibility,
    )


def _refusal(job: Job, reason: Reason, explanation: str) -> Reply:
    return Reply(
        result=NotMeasured(
            task=job.task.value_digest,
            method=job.task.method,
            version=job.task.version,
            observed=method_named(job.task.method).signature.observed,
            reason=reason,
            explanation=_writable(explanation)[:2000] or reason.value,
        )
    )


def _writable(text: str) -> str:
    """Without what UTF-8 cannot hold, such as the name of a file that was none."""
    return text.encode("utf-8", "replace").decode("utf-8")


if __name__ == "__main__":
    main()
