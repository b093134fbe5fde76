"""The fixed text of pictures in English."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "percent": "{percent} %",
        "rows_and_share": "{rows} ({percent} %)",
        "share_and_reference": "{share} % ({reference} %)",
        "column": "Column",
        "rows": "Rows",
        "rows_of": "Of",
        "share_percent": "Share, %",
        "data_percent": "Share of the data, %",
        "reference_percent": "Share of the reference, %",
        "picture_table": "Every number of this picture",
        "picture_cut": "Drawn: {shown} of {all}; the table has all.",
        "picture_absent": "There is no picture of {file}: its bytes were not at hand.",
        "picture_unreadable": (
            "There is no picture of {file}: it is larger than what is read here, or not in the form that a "
            "picture is drawn from."
        ),
        "picture_contradicts": (
            "There is no picture of {file}: it does not say what the estimates above it say, and only those "
            "were judged."
        ),
        "picture_missing": "Missing values by column",
        "picture_missing_says": (
            "{concerned} of {rows} rows lack a value. Bars: the share of rows that lack it in each column."
        ),
        "picture_missing_key": "rows without a value",
        "picture_missing_none": "No value is missing in any of {columns} columns; {rows} rows.",
        "picture_missing_most": "{columns} columns of {rows} rows. Values are missing most in: {named}.",
        "picture_outside": "Values outside the declared domain, by column",
        "picture_outside_says": (
            "{concerned} of {rows} rows lie outside. Bars: the share of rows that do so in each column."
        ),
        "picture_outside_key": "rows with a value outside, or without one",
        "picture_outside_none": "No value lies outside in any of {columns} columns; {rows} rows.",
        "picture_outside_most": "{columns} columns of {rows} rows. Values lie outside most in: {named}.",
        "picture_shares": "The data against the reference population",
        "picture_shares_says": (
            "Bars from the middle: shares of the data, and of the population that the submission declares."
        ),
        "picture_pyramid_says": "In brackets: the reference.",
        "picture_data": "data",
        "picture_reference": "reference",
        "picture_pyramid": "Pyramid of {ages} by {two}",
        "picture_pyramid_desc": (
            "One row for each range, the highest on top; left {left}, right {right}. {farthest}"
        ),
        "picture_mirrored_desc": "One row for each group; left the data, right the reference. {farthest}",
        "picture_farthest": (
            "Farthest apart: {stratum}, {share} % of the data, {reference} % of the reference."
        ),
    }
)
"""Key to text."""
