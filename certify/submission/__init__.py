"""What a vendor submits: one folder, described by `submission.yaml`.

`load(folder)` parses the manifest and compares it with the folder; every defect is reported at once. The
bytes themselves are taken in by `certify.intake`, which copies and hashes them: after that nobody reads
the vendor's folder again.
"""

from certify.submission.artifact import Artifact, root_digest
from certify.submission.folder import Submission, load
from certify.submission.manifest import MANIFEST, Manifest

__all__ = ["MANIFEST", "Artifact", "Manifest", "Submission", "load", "root_digest"]
