"""What a header says that a column holds, in some languages of Europe. A hint, never a proof.

A header is cut into words where letters change case and where something other than a letter stands, accents
are dropped, and its words are compared with those below, alone or two or three together (`date_of_birth`).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Final

from certify.submission.data import IdentifierKind

_WORDS: Final[Mapping[IdentifierKind, str]] = {
    "person_name": """
        firstname lastname surname forename fullname givenname familyname middlename patientname
        customername employeename personname clientname prenom patronyme nomdefamille nomprenom nomcomplet
        vorname nachname familienname nombreapellido apellido apellidos nombrecompleto cognome nomecognome
        voornaam achternaam sobrenome apelido nomecompleto imie nazwisko fornamn efternamn fornavn etternavn
        efternavn etunimi sukunimi jmeno prijmeni priezvisko keresztnev vezeteknev prenume eesnimi
        perekonnanimi
    """,
    "email": """
        email mail emailaddress courriel adressemail adresseemail emailadresse correo correoelectronico
        postaelettronica epost sahkoposti
    """,
    "phone": """
        phone phonenumber telephone telephonenumber mobile mobilenumber cellphone cell tel telnr portable
        numerodetelephone telefon telefonnummer handy handynummer mobilfunk telefono movil celular cellulare
        gsm telefoon mobiel telemovel telefonnr puhelin komorka mobil
    """,
    "birth_date": """
        birthdate dateofbirth dob birthday born datedenaissance naissance datenaissance ddn geburtsdatum
        geburtstag gebdatum geburt fechanacimiento fechadenacimiento nacimiento datadinascita nascita
        datanascita geboortedatum geboorte datanascimento nascimento dataurodzenia urodzenia fodelsedatum
        fodselsdato syntymaaika datumnarozeni narozeni
    """,
    "national_number": """
        ssn socialsecuritynumber socialsecurity nationalid nationalnumber nationalidnumber nino nhs
        nhsnumber nhsno passport passportnumber taxid tin nir nss insee numerosecu numerodesecuritesociale
        securitesociale steuerid steueridnummer idnr steueridentifikationsnummer sozialversicherungsnummer
        svnr dni nie nif nuss codicefiscale bsn burgerservicenummer rijksregisternummer nationalnummer
        numeronational pesel personnummer cpr cprnr fodselsnummer hetu henkilotunnus cnp egn rodnecislo
        isikukood oib emso amka ppsn sin cpf curp aadhaar ahv avs
    """,
    "bank_account": "iban bankaccount accountnumber compte rib kontonummer cuentabancaria contocorrente",
    "payment_card": "card cardnumber creditcard creditcardnumber cartebancaire kreditkarte tarjeta pan",
}
_KNOWN: Final = {kind: frozenset(words.split()) for kind, words in _WORDS.items()}
_SPECIFIC: Final = frozenset({"card", "cell", "pan", "sin", "compte", "nie", "avs", "tin", "mail", "born"})
"""Words that mean other things as well: they count only where they are the whole header."""


def hinted(header: str) -> frozenset[IdentifierKind]:
    """The kinds that a header names.

    >>> sorted(hinted("dateOfBirth")), sorted(hinted("Numéro de téléphone")), sorted(hinted("birth_weight"))
    (['birth_date'], ['phone'], [])
    """
    words = _words(header)
    runs = {"".join(words[i : i + n]) for n in range(1, 6) for i in range(len(words) - n + 1)}
    spoken = {run for run in runs if run not in _SPECIFIC or [run] == words or len(words) == 1}
    return frozenset(kind for kind, known in _KNOWN.items() if spoken & known)


def folded(text: str) -> str:
    """Small letters without accents.

    >>> folded("Prénom")
    'prenom'
    """
    apart = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def _words(header: str) -> list[str]:
    cut = re.sub(r"([a-zß-ÿ])([A-ZÀ-Þ])", r"\1 \2", header)
    return [word for word in re.split(r"[^a-z]+", folded(cut)) if word]
