"""The fixed text of pictures in French."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

TEXTS: Mapping[str, str] = MappingProxyType(
    {
        "percent": "{percent} %",
        "rows_and_share": "{rows} ({percent} %)",
        "share_and_reference": "{share} % ({reference} %)",
        "column": "Colonne",
        "rows": "Lignes",
        "rows_of": "Sur",
        "share_percent": "Part, en %",
        "data_percent": "Part des données, en %",
        "reference_percent": "Part de la référence, en %",
        "picture_table": "Tous les nombres de cette figure",
        "picture_cut": "Tracés : {shown} sur {all} ; le tableau les a tous.",
        "picture_absent": "Il n'y a pas de figure de {file} : ses octets n'étaient pas disponibles.",
        "picture_unreadable": (
            "Il n'y a pas de figure de {file} : le fichier dépasse la taille lue ici, ou n'a pas la forme "
            "dont une figure se trace."
        ),
        "picture_contradicts": (
            "Il n'y a pas de figure de {file} : le fichier ne dit pas ce que disent les estimations, et "
            "elles seules ont été jugées."
        ),
        "picture_missing": "Valeurs manquantes par colonne",
        "picture_missing_says": (
            "Il manque une valeur à {concerned} lignes sur {rows}. Barres : la part des lignes auxquelles "
            "elle manque, colonne par colonne."
        ),
        "picture_missing_key": "lignes sans valeur",
        "picture_missing_none": "Aucune valeur ne manque dans {columns} colonnes ; {rows} lignes.",
        "picture_missing_most": (
            "{columns} colonnes de {rows} lignes. Il manque le plus de valeurs à : {named}."
        ),
        "picture_outside": "Valeurs hors du domaine déclaré, par colonne",
        "picture_outside_says": (
            "{concerned} lignes sur {rows} sont en dehors. Barres : la part des lignes qui le sont, colonne "
            "par colonne."
        ),
        "picture_outside_key": "lignes dont la valeur est en dehors, ou manque",
        "picture_outside_none": "Aucune valeur n'est en dehors dans {columns} colonnes ; {rows} lignes.",
        "picture_outside_most": (
            "{columns} colonnes de {rows} lignes. Les valeurs sont le plus souvent en dehors dans : {named}."
        ),
        "picture_shares": "Les données face à la population de référence",
        "picture_shares_says": (
            "Barres à partir du milieu : parts des données, et de la population que la soumission déclare."
        ),
        "picture_pyramid_says": "Entre parenthèses : la référence.",
        "picture_data": "données",
        "picture_reference": "référence",
        "picture_pyramid": "Pyramide de {ages} par {two}",
        "picture_pyramid_desc": (
            "Une rangée par tranche, la plus haute en haut ; à gauche {left}, à droite {right}. {farthest}"
        ),
        "picture_mirrored_desc": (
            "Une rangée par groupe ; à gauche les données, à droite la référence. {farthest}"
        ),
        "picture_farthest": (
            "Le plus grand écart : {stratum}, {share} % des données, {reference} % de la référence."
        ),
    }
)
"""Key to text, as `reports.french` prints it: the spaces before high punctuation are made there."""
