"""What goes into a worker and what comes out of it, both as JSON of a fixed form."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainSerializer

from certify.evidence import Result
from certify.submission import Artifact
from certify.task import Task
from certify.value import DigestText, Line, Value


class CapsText(Value):
    """The caps of one worker; see `certify.sandbox.Caps`."""

    cpu_seconds: int = Field(ge=1)
    memory_bytes: int = Field(ge=1 << 28)
    file_bytes: int = Field(ge=0)
    descriptors: int = Field(ge=16)


class Job(Value):
    """One task, and where the bytes of the submission lie: `blobs` is the folder of a store."""

    task: Task
    artifacts: tuple[Artifact, ...]
    blobs: Line
    caps: CapsText
    tabulations: Mapping[Line, DigestText] = {}
    """By role: the counts of a data set that were made before, as bytes in the store."""


def _bytes(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        raise ValueError("bytes in base64") from None


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode("ascii")


Attachment = Annotated[bytes, BeforeValidator(_bytes), PlainSerializer(_text)]


class Reply(Value):
    """The result, and the bytes of every item of evidence that it names, in the same order."""

    result: Result
    attachments: tuple[Attachment, ...] = ()
