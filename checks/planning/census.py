"""How many rows a data file holds, told from its form: no value in it is looked at.

`python -m checks.planning.census CONTROL` starts a host for workers that count and do nothing else. What
leaves them is one number a file, or that it cannot be counted; so counting test data opens them to nobody.
"""

from __future__ import annotations

import csv
import io
import os
import sys
import zipfile
from pathlib import Path

import numpy as np

from certify.sandbox import Caps, confine, serve
from certify.value import Line, Value
from checks.channel import CapsText


class Counting(Value):
    """What a worker is asked: the bytes of which file, and of which kind they are."""

    file: Line
    suffix: Line
    caps: CapsText


class Counted(Value):
    """The number of rows; None where the file is not in the form that its name says."""

    rows: int | None


def main() -> None:
    """Be the host: fork a worker for each file that is to be counted."""
    serve(int(sys.argv[1]), work)


def work(channel: int) -> None:
    """Answer the question on standard input."""
    asked = Counting.from_bytes(sys.stdin.buffer.read(), source="question")
    confine(Caps(**asked.caps.model_dump()))
    counted = Counted(rows=rows_in(Path(asked.file).read_bytes(), asked.suffix))
    with os.fdopen(channel, "wb") as stream:
        stream.write(counted.to_bytes())


def rows_in(data: bytes, suffix: str) -> int | None:
    """The rows of a file in the form that its name says; None where it is in another.

    >>> rows_in(b"age,label\\n40,young\\n60,old\\n", "csv")
    2
    """
    try:
        return {"csv": _csv_rows, "npz": _npz_rows, "parquet": _parquet_rows}[suffix](data)
    except Exception:  # whatever a foreign format makes a library raise: the file is not counted
        return None


def _csv_rows(data: bytes) -> int:
    lines = csv.reader(io.StringIO(data.decode("utf-8"), newline=""), skipinitialspace=True)
    return sum(1 for line in lines if line not in ([], [""])) - 1


def _npz_rows(data: bytes) -> int:
    """Each member begins with its shape, which is all that is read of it."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        (length,) = {_length(archive, name) for name in archive.namelist()}
    return length


def _length(archive: zipfile.ZipFile, name: str) -> int:
    with archive.open(name) as member:
        version = np.lib.format.read_magic(member)
        read = (
            np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        )
        shape, _, _ = read(member)
    return int(shape[0])


def _parquet_rows(data: bytes) -> int:
    import pyarrow.parquet

    return int(pyarrow.parquet.read_metadata(io.BytesIO(data)).num_rows)


if __name__ == "__main__":
    main()
