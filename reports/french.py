"""The fixed text of a report in French, and French for the sentences of the core."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from reports import french_pictures, french_sentences, french_terms

_TEXTS = {
    # Page
    "skip": "Aller à la décision",
    "contents": "Sommaire",
    "report": "Rapport de conformité",
    "number_note": (
        "Les nombres ont au plus six chiffres significatifs et un point décimal, comme dans le dossier ; "
        "tous les chiffres sont dans le titre du nombre et dans dossier.json."
    ),
    "english_note": "Ce que le dossier ne dit qu'en anglais est montré en anglais.",
    "back": "Retour à la matrice",
    "none": "aucun",
    "colon": " :",
    # First page
    "principle": "Présumé non conforme jusqu'à démonstration.",
    "conforming": "CONFORME au référentiel {basis} {version} : {counted}.",
    "all_demonstrated_one": "le seul contrôle requis est démontré",
    "all_demonstrated_many": "les {number} contrôles requis sont tous démontrés",
    "non_conforming": "NON CONFORME : {counted}.",
    "refused_one": "{number} contrôle requis sur {required} n'est pas démontré",
    "refused_many": "{number} contrôles requis sur {required} ne sont pas démontrés",
    "nothing_required": "rien n'était requis, et sur rien on ne démontre rien",
    "other_findings": "les constats ne sont pas exactement ceux que le référentiel requiert",
    "self_assessed_why": (
        "Qui a produit ce rapport détenait les données de test. La confiance annoncée ne vaut que si une "
        "autorité mesure elle-même, une seule fois, sur des données scellées."
    ),
    "system": "Système",
    "applicant": "Demandeur",
    "basis": "Référentiel",
    "certifiable": "Certifiable",
    "yes": "oui",
    "no": "non",
    "why_not": "Aucun certificat ne peut reposer sur cette exécution :",
    "not_conforming_reason": "la décision est non conforme",
    "seal_tells": (
        "Cette page a été écrite avant la signature et suppose une clé de développement. Le sceau lui-"
        "même (seal.dsse.json) dit quelle sorte de clé a signé."
    ),
    "refusing": "Ce qui refuse",
    "not_proved": "Ce qu'un succès ne prouve pas",
    "not_proved_populations": (
        "Quoi que ce soit sur d'autres populations que celle déclarée, ou sur les groupes dont rien n'est"
        " affirmé."
    ),
    "not_proved_versions": (
        "Quoi que ce soit sur d'autres versions ou d'autres octets : les empreintes ci-dessous nomment ce"
        " qui a été mesuré, et rien d'autre."
    ),
    "not_proved_law": (
        "La conformité à la loi. Ceci n'est ni un marquage CE, ni une déclaration UE de conformité, ni un"
        " certificat d'organisme notifié."
    ),
    "not_proved_limits": (
        "Que la loi fixe les limites. Là où la raison donnée pour une limite dit qu'elle est de nous, "
        "elle est de nous."
    ),
    "not_proved_beyond": (
        "Que rien d'autre ne peut faillir : seul ce que mesurent les contrôles requis a été examiné."
    ),
    "scope": "Portée de l'affirmation",
    "purpose": "Finalité prévue",
    "excluded": "Usages exclus",
    "population": "Population",
    "population_source": "Source : {source} ({as_of})",
    "test_data": "Données de test",
    "collected": "Recueillies du {first} au {last}",
    "no_test_data": "aucune n'a été soumise",
    "excused": "Contrôles hors du champ",
    "excused_note": "Écartés par des faits déclarés. Ces faits sont affirmés, non contresignés.",
    "no_excused": "Aucun : tous les contrôles du référentiel étaient requis.",
    "no_claim": "Groupes dont rien n'est affirmé",
    "no_claim_lead": "Aucun contrôle requis ne nomme ces groupes déclarés :",
    "every_other_group": "tout autre groupe, déclaré ou non, et tout croisement de groupes",
    "explanation": "Les décisions peuvent-elles être expliquées ?",
    "explained": "Oui, dit le fournisseur",
    "not_explained": "Non, dit le fournisseur",
    "digests": "De quoi parle cette page",
    "digest_submission": "Soumission",
    "digest_basis": "Référentiel",
    "digest_protocol": "Protocole",
    "digest_comparison": "Comparaison",
    "comparison_note": "Deux exécutions qui se reproduisent ont la même empreinte de comparaison.",
    # Matrix
    "matrix": "Matrice de conformité",
    "matrix_caption": "Chaque contrôle requis : ce qui était demandé, ce qui a été trouvé, ce qui s'ensuit",
    "legend_demonstrated": "la borne est du bon côté de la limite, dans chaque groupe requis.",
    "legend_refuted": (
        "même la borne favorable au système, corrigée pour toutes les comparaisons, est au-delà de la limite."
    ),
    "legend_not_demonstrated": "ni l'un ni l'autre, ou non mesuré. Cela refuse aussi.",
    "legend_lead": "Les bornes décident, jamais l'estimation.",
    "outcome": "Issue",
    "check": "Contrôle",
    "clauses": "Clauses",
    "method": "Méthode",
    "required_found": "Ce qui est requis, et ce qui a décidé",
    "no_finding": "Il n'y a pas de constat : le contrôle n'a jamais été mesuré.",
    "all_hold": "les {number} sont vrais",
    "worst": "la pire de {number}",
    "estimate": "estimation",
    "upper_bound": "borne supérieure",
    "lower_bound": "borne inférieure",
    "none_bound": "sans borne",
    "whole": "tous les cas",
    "at_most": "borne supérieure d'au plus",
    "at_least": "borne inférieure d'au moins",
    "count": "nombre de cas d'au moins",
    "holds": "est vrai",
    "nothing_found": "aucun contre-exemple trouvé",
    "among": "parmi",
    "by_area": "Par domaine",
    "by_area_caption": "Contrôles requis par domaine et par issue",
    "area": "Domaine",
    "required": "Requis",
    "total": "Tous les domaines",
    # Findings
    "findings": "Constats",
    "findings_lead": "Un second laboratoire les recalcule exactement dans le même environnement.",
    "no_findings": "Il n'y en a pas.",
    "rationale": "Pourquoi",
    "clauses_caption": "Clauses, et rapport du contrôle à chacune",
    "instrument": "Texte",
    "locator": "Endroit",
    "relation": "Rapport",
    "text_of": "Version au",
    "note": "Note",
    "method_version": "{method}, version {version}",
    "measuring": "Comment on le mesure",
    "role": "Données ouvertes",
    "confidence": "Confiance",
    "kinds": "Sortes de preuve admises",
    "parameters_caption": "Ce que la méthode a reçu",
    "limits": "Limites",
    "limits_caption": "Ce que le critère exige ; la méthode ne le voit jamais",
    "name": "Nom",
    "value": "Valeur",
    "unit": "Unité",
    "range": "Permis",
    "range_of": "{low} à {high}",
    "stricter": "Plus strict",
    "why": "D'où cela vient",
    "rulings": "Issue et raisons",
    "rulings_caption": "Chaque comparaison, et son issue",
    "of_what": "Sur",
    "explained_as": "Explication",
    "silent": "muet",
    "silent_why": "n'en trouver aucun ne démontre rien",
    "reason": "Raison",
    "measured": "Ce qui a été mesuré",
    "estimates_caption": "Estimations de {statistic}",
    "stratum": "Strate",
    "lower": "Inférieure",
    "upper": "Supérieure",
    "demonstrating": "Pour démontrer",
    "refuting": "Pour réfuter, corrigées",
    "at_confidence": "Confiance, %",
    "cases": "n",
    "interval": "Intervalle",
    "kind": "Sorte",
    "statements_caption": "Affirmations",
    "said": "Ce qui a été dit",
    "subject": "Sujet",
    "circumstances_caption": "Circonstances de la mesure",
    "not_measured": "Rien n'a été mesuré.",
    "plot_title": "{statistic} : estimations, bornes et limite",
    "plot_at_most": (
        "Une ligne pour chacune des {number} strates. La borne supérieure ne doit pas être à droite du "
        "trait tireté, à {limit} ; le côté ombré refuse. Le tableau ci-dessous donne les nombres."
    ),
    "plot_at_least": (
        "Une ligne pour chacune des {number} strates. La borne inférieure ne doit pas être à gauche du "
        "trait tireté, à {limit} ; le côté ombré refuse. Le tableau ci-dessous donne les nombres."
    ),
    "plot_key": (
        "Dans les dessins, marque : estimation (disque : démontré ; croix : réfuté ; anneau : non "
        "démontré). Barre : bornes unilatérales, corrigées là où c'est réfuté ; le bout haut décide ; un "
        "trait interrompu n'a pas de borne."
    ),
    "plot_limit": "limite {limit}",
    "advice_caption": "Combien de cas il faudrait en tout, à l'estimation présente",
    "advice_cases": "Cas",
    "advice_none": "aucun nombre de cas connu ne suffit",
    "remedy": "Que faire",
    "evidence": "Preuves",
    "evidence_caption": "Ce que la méthode a produit",
    "no_evidence": "La méthode n'a laissé aucun fichier.",
    "digest": "Empreinte",
    "bytes": "Octets",
    "media_type": "Type",
    "visibility": "Visible par",
    "opened_caption": "Fichiers de la soumission qui ont été ouverts",
    "file": "Fichier",
    "reproduce": "Mesurer à nouveau",
    "reproduce_note": "SUBMISSION est le dossier de fichiers qui a été soumis.",
    # Observed
    "observed": "Constats observés",
    "observed_lead": (
        "Ils dépendent d'horloges, de compteurs ou de l'arithmétique d'une machine. Ils sont signés, mais"
        " hors de l'empreinte de comparaison : deux laboratoires s'accordent si les issues sont les mêmes"
        " et si les estimations ne diffèrent pas de plus que le plancher de bruit."
    ),
    "noise_floor": "Plancher de bruit",
    "noise_floor_of": "{percent} % de l'estimation",
    "no_noise_floor": "aucun n'est donné : seules les issues sont comparées",
    "no_observed": "Il n'y en a pas : tous les constats sont reproductibles.",
    # Record
    "record": "Procès-verbal",
    "environment": "Environnement",
    "isolation": "Isolement",
    "network": "Réseau",
    "network_denied": "refusé aux processus de mesure",
    "network_open": "non refusé",
    "python": "Interpréteur",
    "platform": "Système",
    "processor": "Processeur",
    "program_digest": "Programme, par son empreinte",
    "cores": "Cœurs",
    "threads": "Fils par processus",
    "variables": "Variables",
    "libraries_caption": "Bibliothèques",
    "library": "Bibliothèque",
    "version": "Version",
    "run": "Exécution",
    "program": "Programme",
    "attempt": "Tentative",
    "laboratory": "Laboratoire",
    "started": "Début",
    "finished": "Fin",
    "seconds_caption": "Durée de chaque tâche, en secondes",
    "task": "Tâche",
    "task_checks": "Sert à",
    "seconds": "Secondes",
    "protocol": "Protocole",
    "locked_at": "Verrouillé le",
    "locked_by": "Verrouillé par",
    "allowance": "Ouvertures des données de test",
    "allowance_of": "{opened} au registre, {allowed} permises",
    "ledger": "Registre",
    "ledger_caption": "Qui a ouvert quelles données, quand et pour quoi",
    "no_ledger": "Aucune ligne n'a été reprise.",
    "sequence": "N°",
    "at": "Quand",
    "event": "Événement",
    "data_role": "Données",
    "under": "Protocole",
    "what_for": "Pour",
    "artifacts": "Pièces",
    "packs": "Paquets de contrôles",
    "packs_caption": ("De quels paquets viennent les contrôles, et quelle signature ils portent"),
    "pack": "Paquet",
    "signature": "Signature",
    "lock_digest": "Empreinte de son verrou",
    "stewards_digest": "Empreinte de la liste des garants auxquels on s'est fié",
    "signed_by": "{steward}, clé : {kind}",
    "signed_by_nobody": "Personne ne l'a signé",
    "proved_counts": (
        "Avant toute mesure, {vectors} vecteurs de ces contrôles et {specimens} spécimens"
        " connus, bons et mauvais, ont donné le résultat attendu."
    ),
    "artifacts_caption": "Chaque fichier de la soumission",
    "verify": "Comment vérifier",
    "verify_lead": "Hors ligne, avec le dossier et la clé publique du laboratoire pour seuls moyens :",
    "verify_does": (
        "La commande recalcule l'empreinte de chaque octet, vérifie la signature, et déduit à nouveau "
        "chaque issue et le verdict des estimations enregistrées."
    ),
    "verify_not": "Elle ne vérifie pas :",
}


def _typeset(text: str) -> str:
    """No line breaks before high punctuation, and typographic apostrophes, as French printers do."""
    text = text.replace("'", "\u2019").replace(" :", "\u00a0:")
    return re.sub(r" ([;!?%])", "\u202f\\1", text)


TEXTS: Mapping[str, str] = MappingProxyType(
    {key: _typeset(text) for key, text in {**_TEXTS, **french_pictures.TEXTS}.items()}
)
"""Key to text."""

TERMS: Mapping[str, str] = MappingProxyType(
    {word: _typeset(text) for word, text in french_terms.TERMS.items()}
)
"""Word of a closed vocabulary to French."""

SENTENCES: Mapping[str, str] = MappingProxyType(
    {said: _typeset(text) for said, text in french_sentences.SENTENCES.items()}
)
"""What the core says in English, to French."""
