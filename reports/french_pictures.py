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
        "picture_twice": (
            "Il n'y a pas de figure de {file} : la méthode a laissé plusieurs fichiers de ce nom."
        ),
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
        "picture_changed": "Ce qui a été changé pour obtenir une autre réponse",
        "picture_changed_says": (
            "La recherche a trouvé une autre réponse pour {concerned} cas sur {rows}. Barres : la part des "
            "cas dans lesquels chaque nombre a dû être changé pour cela."
        ),
        "picture_changed_key": "cas dans lesquels il a été changé",
        "picture_changed_none": (
            "Aucun changement dans {columns} colonnes n'a donné d'autre réponse ; {rows} lignes."
        ),
        "picture_changed_most": "{columns} colonnes de {rows} lignes. Changées le plus souvent : {named}.",
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
        "part": "Tranche",
        "from_to": "{low} à {high}",
        "without_value": "sans valeur",
        "in_no_part": "dans aucune tranche",
        "distance": "Distance",
        "upper_bound_of_it": "Borne supérieure",
        "rows_in": "Lignes : {role}",
        "percent_in": "{role}, en %",
        "covered": "Couvertes",
        "covered_of": "{covered} sur {all}",
        "covered_and_share": "{covered} sur {all} couvertes ({percent} %)",
        "two_columns": "deux colonnes à la fois",
        "picture_drift": "Dérive par colonne",
        "picture_drift_says": (
            "Marches : la part des lignes dans chaque tranche d'une colonne, {first} en plein et {second} "
            "en trait, sur un même axe qui finit à la plus haute marche. Barre du dessus : la distance, et "
            "le trait qui la prolonge la borne supérieure, à la même échelle pour toutes les colonnes. "
            "Celles dont la borne est la plus grande viennent d'abord."
        ),
        "picture_drift_distance": "distance {distance}, au plus {upper}",
        "picture_drift_desc": (
            "Deux histogrammes de {bars} marches, {first} et {second} ; {said}. La plus haute marche tient "
            "{most} % des lignes."
        ),
        "picture_drift_missing": "sans valeur : {first} %, {second} %",
        "picture_drift_outside": "dans aucune tranche : {first} %, {second} %",
        "picture_drift_distances": "Distance de chaque colonne, et sa borne supérieure",
        "picture_drift_histograms": (
            "Lignes dans chaque tranche des colonnes tracées ; celles sans aucune ligne sont omises"
        ),
        "picture_coverage": "Carte du domaine déclaré",
        "picture_coverage_says": (
            "Une case par tranche de ce qui est déclaré d'une colonne, avec son nombre de lignes ; k : "
            "milliers, M : millions, arrondis vers le bas. Teinte plus forte : plus de lignes, face à la "
            "tranche la plus pleine de la colonne, à partir de 1, 10 et 50 %. Barré : moins de {fewest} "
            "lignes."
        ),
        "picture_coverage_cut": "{more} trous ne sont pas dans la liste.",
        "picture_coverage_many": "beaucoup de lignes",
        "picture_coverage_few": "peu de lignes",
        "picture_coverage_hole": "trou",
        "picture_coverage_columns": "Tranches de chaque colonne",
        "picture_coverage_pairs": "Tranches de deux colonnes à la fois",
        "picture_coverage_list": "Trous",
        "picture_coverage_none": "{columns} colonnes de {parts} tranches en tout. Il n'y a aucun trou.",
        "picture_coverage_holes": (
            "{columns} colonnes de {parts} tranches en tout, dont {holes} trous. Les premiers : {named}."
        ),
        "picture_pyramid": "Pyramide de {ages} par {two}",
        "picture_pyramid_close": "Une rangée sur dix est nommée ; le tableau les nomme toutes.",
        "picture_pyramid_desc": (
            "Une rangée par tranche, la plus haute en haut ; à gauche {left}, à droite {right}. {farthest}"
        ),
        "picture_mirrored_desc": (
            "Une rangée par groupe ; à gauche les données, à droite la référence. {farthest}"
        ),
        "picture_farthest": (
            "Le plus grand écart : {stratum}, {share} % des données, {reference} % de la référence."
        ),
        "picture_corrupted": "Décisions justes sur des images dégradées, par intensité",
        "picture_corrupted_says": (
            "Chaque graphique : la proportion de {rows} images jugées correctement, aux intensités 1 "
            "à 5 ; les traits verticaux sont les bornes unilatérales. En tirets : les mêmes images "
            "telles quelles."
        ),
        "picture_corrupted_key": "dégradées",
        "picture_corrupted_clean": "telles quelles",
        "picture_corrupted_desc": (
            "Justes : {clean} % des images telles quelles, {start} % à l'intensité {first}, {end} % à "
            "l'intensité {last}."
        ),
        "picture_corrupted_numbers": "Proportion jugée correctement, avec ses bornes",
        "picture_corrupted_name": "Dégradation",
        "picture_corrupted_severity": "Intensité",
        "picture_surroundings": "Décisions justes autour des cas, au hasard, sous attaque et par preuve",
        "picture_surroundings_linf": "Chaque nombre est déplacé d'au plus une part de son domaine déclaré.",
        "picture_surroundings_l2": (
            "Tous les nombres ensemble sont déplacés d'au plus une distance, en unités de leurs domaines "
            "déclarés."
        ),
        "picture_surroundings_says": (
            "Lignes : la proportion de cas décidés correctement ; traits verticaux : les bornes unilatérales."
        ),
        "picture_surroundings_says_gap": (
            "Lignes : la proportion de cas décidés correctement ; traits verticaux : les bornes "
            "unilatérales. Une attaque qui ne trouve rien ne prouve rien : des cas entre la ligne "
            "attaquée et la ligne prouvée, personne ne sait rien."
        ),
        "picture_surroundings_unknown": "ce que personne ne sait",
        "picture_surroundings_noise": "au hasard",
        "picture_surroundings_attack": "sous attaque",
        "picture_surroundings_proof": "prouvé",
        "picture_surroundings_axis": "déplacé de, en % du domaine",
        "picture_surroundings_desc": "Juste, {line} : {start} % à {first} %, {end} % à {last} % du domaine.",
        "picture_surroundings_numbers": "Proportion décidée correctement à chaque intensité, avec ses bornes",
        "picture_surroundings_question": "Question",
        "picture_strength_percent": "Intensité, en %",
        "lower_bound_of_it": "Borne inférieure",
        "around_cases": "Autour des cas",
        "around_cases_lead": (
            "Les cas de demain se trouvent à côté de ceux des données d'essai. Trois questions sont "
            "posées sur ce qui les entoure, chacune plus dure que la précédente, et aucune ne répond à "
            "une autre."
        ),
    }
)
"""Key to text, as `reports.french` prints it: the spaces before high punctuation are made there."""
