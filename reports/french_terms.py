"""Words of the closed vocabularies of the core, in French, before `reports.french` typesets them."""

from __future__ import annotations

TERMS = {
    # Outcomes and reasons
    "demonstrated": "démontré",
    "refuted": "réfuté",
    "not demonstrated": "non démontré",
    "inconclusive": "non concluant",
    "not measured": "non mesuré",
    "method failed": "la méthode a échoué",
    "limit exceeded": "limite dépassée",
    "evidence missing or unbound": "preuve absente ou non liée",
    # Clauses
    "satisfies": "satisfait à",
    "contributes-to": "contribue à",
    "informs": "éclaire",
    # Areas
    "logging": "journalisation",
    "transparency": "transparence",
    "oversight": "contrôle humain",
    "representativeness": "représentativité",
    "data_quality": "qualité des données",
    "objectives": "objectifs",
    "robustness": "robustesse",
    "cybersecurity": "cybersécurité",
    "energy": "énergie",
    "fairness": "équité",
    "documents": "documents",
    "explanation": "explication",
    "governance": "gouvernance",
    # Checks
    "critical": "critique",
    "major": "majeur",
    "minor": "mineur",
    "draft": "projet",
    "trial": "à l'essai",
    "stable": "stable",
    "deprecated": "déconseillé",
    "withdrawn": "retiré",
    "higher": "plus haut",
    "lower": "plus bas",
    "superset": "plus d'éléments",
    "fixed": "fixe",
    # Data roles
    "train": "entraînement",
    "validation": "validation",
    "test": "test",
    "reference": "population de référence",
    "none": "aucune",
    # Kinds and visibilities of evidence
    "proof": "preuve formelle",
    "statistical": "statistique",
    "search": "recherche",
    "document": "document",
    "human": "humaine",
    "public": "public",
    "vendor": "fournisseur",
    "authority": "autorité",
    # Ledger
    "locked": "verrouillé",
    "opened": "ouvert",
    "told": "communiqué",
    # Systems
    "instrument": "instrument",
    "tool": "outil",
    "product": "produit",
    # Keys
    "development": "développement",
    "production": "production",
}
