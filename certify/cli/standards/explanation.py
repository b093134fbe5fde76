"""Every key of a pack and of a check in a sentence, as `certify standards new` writes it above the key."""

from __future__ import annotations

OF_PACK = {
    "id": "The namespace, which is the name of this folder. Under local. nobody has to sign.",
    "version": "In quotes. `certify standards diff` says how far it must move.",
    "title": "For people, in English and in French.",
    "steward": "Who keeps the pack, answers for it and signs it.",
    "licence": "Under which others may use it.",
    "languages": "The languages of its texts.",
    "methods": "Exactly the methods that the checks use, at the versions for which they were written.",
    "uses": "Other packs whose clauses the checks cite.",
}

OF_CHECK = {
    "id": "The namespace and the name of the folder.",
    "version": "In quotes. `certify standards diff` says how far it must move.",
    "status": "draft, trial, stable, deprecated or withdrawn. A stable basis selects stable checks only.",
    "area": "The area of measuring.",
    "module": "Where the result stands in the dossier: M1 to M6.",
    "severity": "critical, major or minor: how bad it is when the requirement is not met.",
    "title": "What is required, in a few words, in English and in French.",
    "statement": "What exactly is required, so that two readers understand the same.",
    "rationale": "Why it is required.",
    "remedy": "What to do when it is refused.",
    "clauses": "The places in laws or standards that the check speaks of.",
    "as_of": "The day on which the text was read, in quotes.",
    "relation": "satisfies (all of it is shown), contributes-to (a part), informs (a side remark).\n"
    "The first two need a clause in clauses.yaml of this pack, or of one that pack.yaml `uses`.",
    "note": "Which part of the clause is shown, and which is not.",
    "applies": "Facts that take the check out of scope if they are known; an unknown fact never does.",
    "fact": "The fact, and the values for which the check applies.",
    "method": "What measures: `certify measure --list` shows every method. It never sees a limit.",
    "parameters": "What the method is given. It has no defaults, so that every value is written down.",
    "type": "integer, decimal, text, list or expectations, as the method takes it.",
    "unit": "The unit, as a UCUM code; without it, a pure number.",
    "range": "The lowest and the highest that a basis may set.",
    "value": "The value. Leave the line out if only a basis can know it, such as which groups.",
    "stricter": "Which way a basis may go: lower, higher, superset (of a list), or fixed (no way).",
    "why": "Where the value comes from. If no law or standard says so, begin with Ours and reason.",
    "evidence": "What the evidence must be.",
    "kinds": "Accepted: statistical, proof, document, human. A search demonstrates nothing.",
    "role": "The data that are opened: train, validation, test, reference or none.",
    "bound_to": "The files it must be made from: manifest, model, data (of that role), data.train,\n"
    "data.validation, data.test, reference, documents.",
    "noise_floor": "For methods that read clocks: how far, relatively, two laboratories may differ.",
    "limits": "What the criterion compares with. No method sees it.",
    "criterion": "Conditions that must all be demonstrated. There is no any and no not.",
    "require": "at_most and at_least judge the confidence bound of a statistic, count its number of\n"
    "cases, holds a statement, nothing_found a search, among a circumstance.",
    "for_every": "Of what: named: [...], or each_of, pairs_of, ordered_pairs_of a list above.\n"
    "Without it: of all cases.",
    "confidence": "One-sided; 0.975 unless a higher one is written here.",
    "silent_on": "Negative controls that the check cannot refuse, and why; a basis then needs another\n"
    "check that does.",
    "vectors": "The files under vectors/ that prove what is demonstrated and what is refused.\n"
    "specimens.json is found by its name.",
}
