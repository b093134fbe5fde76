"""Text that others wrote, made safe to look at.

Escaping for HTML is Jinja's. What it leaves is text that *looks* like something else: control characters,
marks that turn the direction of writing, and characters that nobody sees. They are named instead of obeyed.
"""

from __future__ import annotations

import re

_UNSEEN = re.compile(
    "["
    "\u0000-\u0008\u000b-\u001f"  # C0 but tab and line feed, which HTML shows as white space
    "\u007f-\u009f"  # delete and C1
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0"  # invisible
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f"  # zero width, separators, bidirectional controls
    "\ufdd0-\ufdef\ufe00-\ufe0f\ufeff\ufff0-\ufffb\ufffe\uffff"  # noncharacters, variation selectors
    "\ud800-\udfff"  # lone surrogates, which no encoding can carry
    "\U000e0000-\U000e0fff"  # tags and more variation selectors
    "]"
)
"""Fixed ranges, for Unicode's categories move with the interpreter: the same dossier, the same page."""

WIDEST = 2
_WIDE_FROM = "\u1100"


def visible(text: str) -> str:
    """The same text with each unseen character named, as in `⟨U+202E⟩`; `visible` of that changes nothing."""
    return _UNSEEN.sub(lambda found: f"\u27e8U+{ord(found.group()):04X}\u27e9", text)


def wrapped(text: str, *, columns: int) -> tuple[str, ...]:
    """Lines of at most `columns` Latin characters, for drawings, in which nothing wraps by itself.

    Breaks after a space where there is one, else anywhere. East Asian characters count double.
    """
    lines: list[str] = []
    rest = " ".join(visible(text).split())
    while rest:
        end = _fitting(rest, columns)
        space = rest.rfind(" ", 0, end + 1)
        cut = end if end >= len(rest) or space <= 0 else space
        lines.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return tuple(lines) or ("",)


def shortened(text: str, *, most: int) -> str:
    """The same on one line, cut where it is longer than that.

    >>> shortened("a long name", most=7)
    'a long…'
    """
    shown = visible(text)
    return shown if len(shown) <= most else shown[: most - 1] + "\u2026"


def _fitting(text: str, columns: int) -> int:
    """How many characters fit into a line; at least one."""
    width = 0
    for count, character in enumerate(text):
        width += WIDEST if character >= _WIDE_FROM else 1
        if width > columns:
            return max(1, count)
    return len(text)
