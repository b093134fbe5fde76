"""What the core says in English, in French: obstacles, notes of advice, what verification leaves out.

Written with plain apostrophes and spaces; `reports.french` sets them as French typography asks.
"""

from __future__ import annotations

SENTENCES = {
    "self-assessed: the error guarantee does not hold": ("auto-évalué : la garantie d'erreur ne vaut pas"),
    # certify.certifiability.obstacles
    "the authority did not run it on sealed data": (
        "l'autorité n'a pas mesuré elle-même sur des données scellées"
    ),
    "the protocol was not locked before the test data were opened": (
        "le protocole n'était pas verrouillé avant l'ouverture des données de test"
    ),
    "the test data were opened more often than the protocol allows": (
        "les données de test ont été ouvertes plus souvent que le protocole ne le permet"
    ),
    "details of an earlier attempt on the same test data were told, which retires them": (
        "des détails d'un essai antérieur sur ces données de test ont été communiqués, ce qui les écarte"
    ),
    "a pack that was used is signed by nobody": "un paquet utilisé n'est signé par personne",
    "a pack that was used is signed with a development key": (
        "un paquet utilisé est signé d'une clé de développement"
    ),
    "the program was not qualified on its specimens before it measured": (
        "le programme n'a pas été qualifié sur ses spécimens avant de mesurer"
    ),
    "a check that was used has no vectors or specimens that prove it": (
        "un contrôle utilisé n'a pas de vecteurs ou de spécimens qui le prouvent"
    ),
    "the authority has not countersigned the protocol": "l'autorité n'a pas contresigné le protocole",
    "an excusal is only claimed: the authority has not countersigned it": (
        "une mise hors du champ est seulement affirmée : l'autorité ne l'a pas contresignée"
    ),
    "the methods ran at isolation I0; I1 or better is required": (
        "les méthodes ont tourné à l'isolement I0 ; I1 au moins est requis"
    ),
    "the workers were not denied the network": "le réseau n'était pas refusé aux processus de mesure",
    "the signing key is of kind: development": "la clé de signature est de la sorte : développement",
    # Notes of an advice
    "more than can be named": "plus qu'on ne peut en nommer",
    "the estimate itself does not clear the limit: more evidence will not help, another model may": (
        "l'estimation même ne respecte pas la limite : plus de preuves n'y feront rien, un autre modèle "
        "peut-être"
    ),
    # certify.verification.NOT_CHECKED
    "basis and laboratory not authenticated: no trust file says whose they are": (
        "à qui sont le référentiel et le laboratoire : aucun fichier de confiance ne le dit"
    ),
    "measurements were not run again": "les mesures, qui n'ont pas été refaites",
    "the model, data and documents themselves, which are not in the dossier: only their digests are": (
        "le modèle, les données et les documents mêmes, qui ne sont pas dans le dossier : seules leurs "
        "empreintes y sont"
    ),
    "that the report says the same as the findings: only that its bytes are the signed ones": (
        "que le rapport dit la même chose que les constats : seulement que ses octets sont ceux qui ont "
        "été signés"
    ),
    "revocation and current status: there is no register entry to consult": (
        "la révocation et l'état présent : il n'y a pas d'inscription au registre à consulter"
    ),
    "the time of signing, which is the signer's own word": (
        "l'heure de la signature, pour laquelle on n'a que la parole du signataire"
    ),
}
