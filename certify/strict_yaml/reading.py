"""From bytes to a document: size and characters first, then the events."""

from __future__ import annotations

from typing import Final

import yaml

from certify.errors import Problem, UnusableInput
from certify.strict_yaml.characters import FORBIDDEN
from certify.strict_yaml.document import YamlDocument
from certify.strict_yaml.reader import Reader, TooLarge

MAX_BYTES: Final = 1 << 20

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read(data: bytes, *, source: str) -> YamlDocument:
    """Parse one document under the profile.

    Raises `UnusableInput` with every violation that can be found before the text stops making sense.
    """
    text = _decode(data, source)
    reader = Reader(source=source)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            reader.take(event)
    except yaml.YAMLError as error:
        reader.refuse_syntax(error, text.split("\n"))
    except TooLarge:
        pass
    if reader.problems:
        raise UnusableInput(*reader.problems)
    return YamlDocument(source=source, value=reader.root(), places=reader.places)


def _decode(data: bytes, source: str) -> str:
    if len(data) > MAX_BYTES:
        raise UnusableInput(
            Problem(
                source=source,
                expected=f"at most {MAX_BYTES} bytes",
                found=f"{len(data)} bytes",
                remedy="Split the file, or move data out of it.",
                code="too-large",
            )
        )
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise UnusableInput(
            Problem(
                source=source,
                line=line,
                expected="UTF-8 text",
                found=f"byte 0x{data[error.start]:02x}, which is not UTF-8",
                remedy="Save the file as UTF-8.",
                code="encoding",
            )
        ) from error
    _refuse_characters(text, source)
    return text


def _refuse_characters(text: str, source: str) -> None:
    problems = []
    windows = False
    for match in FORBIDDEN.finditer(text):
        start = match.start()
        if text.startswith("\r\n", start):
            if windows:
                continue  # told once: whoever saves on Windows has one on every line
            windows = True
        found, remedy = _named(match.group(), start=start, windows=text.startswith("\r\n", start))
        problems.append(
            Problem(
                source=source,
                line=text.count("\n", 0, start) + 1,
                column=start - text.rfind("\n", 0, start),
                expected="printable text with line feeds",
                found=found,
                remedy=remedy,
                code="hidden-character",
            )
        )
        if len(problems) == 20:
            break
    if problems:
        raise UnusableInput(*problems)


def _named(character: str, *, start: int, windows: bool) -> tuple[str, str]:
    """A hidden character, and what to do; two of them come from an editor and not from anybody's hand."""
    found = f"the character U+{ord(character):04X}"
    if windows:
        return f"{found}: the line ends of Windows", "Save with Unix line ends (LF); every editor offers it."
    if start == 0 and character == "\ufeff":
        return f"{found}: a byte order mark", "Save as UTF-8 without BOM; every editor offers it."
    return found, "Delete it; it hides or reorders what a reader sees."
