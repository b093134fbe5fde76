"""Characters that hide, reorder or break what a reader sees: no text of ours may hold them."""

from __future__ import annotations

import re
from typing import Final

FORBIDDEN: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, odd line breaks
    "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"  # line separators, writing direction
    "\u200b\u2060-\u2064\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"  # no width, no ink
)
