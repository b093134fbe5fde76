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
        "picture_twice": "There is no picture of {file}: the method left several files of this name.",
        "picture_unreadable": (
            "There is no picture of {file}: it is larger than what is read here, or not in the form that a "
            "picture is drawn from."
        ),
        "picture_contradicts": (
            "There is no picture of {file}: it does not say what the estimates say, and only those were "
            "judged."
        ),
        "picture_missing": "Missing values by column",
        "picture_missing_says": (
            "{concerned} of {rows} rows lack a value. Bars: the share of rows that lack it in each column."
        ),
        "picture_missing_key": "rows without a value",
        "picture_missing_none": "No value is missing in any of {columns} columns; {rows} rows.",
        "picture_missing_most": "{columns} columns of {rows} rows. Values are missing most in: {named}.",
        "picture_changed": "What was changed to get another answer",
        "picture_changed_says": (
            "The search found another answer for {concerned} of {rows} cases. Bars: the share of cases in "
            "which each number had to be changed for it."
        ),
        "picture_changed_key": "cases in which it was changed",
        "picture_changed_none": (
            "No other answer was found by a change in any of {columns} columns; {rows} rows."
        ),
        "picture_changed_most": "{columns} columns of {rows} rows. Changed most often: {named}.",
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
        "part": "Part",
        "from_to": "{low} to {high}",
        "without_value": "without a value",
        "in_no_part": "in no part",
        "distance": "Distance",
        "upper_bound_of_it": "Upper bound",
        "rows_in": "Rows: {role}",
        "percent_in": "{role}, %",
        "covered": "Covered",
        "covered_of": "{covered} of {all}",
        "covered_and_share": "{covered} of {all} covered ({percent} %)",
        "two_columns": "two columns at once",
        "picture_drift": "Drift by column",
        "picture_drift_says": (
            "Steps: the share of rows in each part of a column, {first} filled and {second} as a line, over "
            "one axis that ends at the highest step. Bar above: the distance, and the line from it the "
            "upper bound, on one scale for all columns. Those with the largest bound come first."
        ),
        "picture_drift_distance": "distance {distance}, at most {upper}",
        "picture_drift_desc": (
            "Two histograms of {bars} steps, {first} and {second}; {said}. The highest step holds {most} % "
            "of the rows."
        ),
        "picture_drift_missing": "without a value: {first} %, {second} %",
        "picture_drift_outside": "in no part: {first} %, {second} %",
        "picture_drift_distances": "Distance of each column, and its upper bound",
        "picture_drift_histograms": (
            "Rows in each part of the columns that are drawn; parts without any are left out"
        ),
        "picture_coverage": "Map of the declared domain",
        "picture_coverage_says": (
            "A cell for each part of what is declared for a column, with the number of rows in it; k: "
            "thousands, M: millions, rounded down. Stronger shade: more rows, beside the fullest part of "
            "the column, from 1, 10 and 50 % on. Crossed out: fewer than {fewest} rows."
        ),
        "picture_coverage_cut": "Of the holes, {more} are not listed.",
        "picture_coverage_many": "many rows",
        "picture_coverage_few": "few rows",
        "picture_coverage_hole": "hole",
        "picture_coverage_columns": "Parts of each column",
        "picture_coverage_pairs": "Parts of two columns at once",
        "picture_coverage_list": "Holes",
        "picture_coverage_none": "{columns} columns of {parts} parts in all. There is no hole.",
        "picture_coverage_holes": (
            "{columns} columns of {parts} parts in all, of which {holes} are holes. The first: {named}."
        ),
        "picture_pyramid": "Pyramid of {ages} by {two}",
        "picture_pyramid_close": "Every tenth row is named; the table names all.",
        "picture_pyramid_desc": (
            "One row for each range, the highest on top; left {left}, right {right}. {farthest}"
        ),
        "picture_mirrored_desc": "One row for each group; left the data, right the reference. {farthest}",
        "picture_farthest": (
            "Farthest apart: {stratum}, {share} % of the data, {reference} % of the reference."
        ),
        "picture_corrupted": "Right decisions on corrupted pictures, by severity",
        "picture_corrupted_says": (
            "Each plot: the share of {rows} pictures that are decided rightly, at severities 1 to 5; "
            "strokes through it are the one-sided bounds. Dashed: the same pictures as they are."
        ),
        "picture_corrupted_key": "corrupted",
        "picture_corrupted_clean": "clean",
        "picture_corrupted_desc": (
            "Right: {clean} % on clean pictures, {start} % at severity {first}, {end} % at severity {last}."
        ),
        "picture_corrupted_numbers": "Share decided rightly, with its bounds",
        "picture_corrupted_name": "Corruption",
        "picture_corrupted_severity": "Severity",
        "picture_surroundings": "Right decisions beside the cases, under chance, under attack and by proof",
        "picture_surroundings_linf": "Every number is moved by up to a share of its declared range.",
        "picture_surroundings_l2": (
            "All numbers together are moved by up to a distance, in units of their declared ranges."
        ),
        "picture_surroundings_says": (
            "Lines: the share of cases that are decided rightly; strokes through them: the one-sided bounds."
        ),
        "picture_surroundings_says_gap": (
            "Lines: the share of cases that are decided rightly; strokes through them: the one-sided "
            "bounds. An attack that finds nothing proves nothing: of the cases between the attacked and "
            "the proved line nobody knows."
        ),
        "picture_surroundings_unknown": "what nobody knows",
        "picture_surroundings_noise": "at random",
        "picture_surroundings_attack": "under attack",
        "picture_surroundings_proof": "proved",
        "picture_surroundings_axis": "moved by, in % of the range",
        "picture_surroundings_desc": (
            "Right {line}: {start} % at {first} %, {end} % at {last} % of the range."
        ),
        "picture_surroundings_numbers": "Share decided rightly at each strength, with its bounds",
        "picture_surroundings_question": "Question",
        "picture_strength_percent": "Strength, %",
        "lower_bound_of_it": "Lower bound",
        "around_cases": "Beside the cases",
        "around_cases_lead": (
            "The cases of tomorrow lie beside those of the test data. Three questions are asked of their "
            "surroundings, each harder than the one before, and none answers another."
        ),
    }
)
"""Key to text."""
