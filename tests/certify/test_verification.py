"""A dossier is believed only as it was sealed: any change of byte, field, file or signature is refused."""

from __future__ import annotations

import base64
import io
import json
import random
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from pipeline import examined, sealed, small_workplace
from reviewing import OVERSIGHT, RISK, Waiting, waiting
from small_submission import write_submission

from certify.digest import Digest, canonical
from certify.dossier import DOSSIER, REPORT, SEAL, Dossier, archive, unpack
from certify.envelope import seal
from certify.errors import Tampered, UnusableInput
from certify.key import SigningKey, new_key
from certify.protocol import Protocol
from certify.signing import Signer, statement, subjects
from certify.verification import CLOCKS_DIFFER, verify, verify_bytes


@dataclass(frozen=True)
class Sample:
    """A sealed dossier, its key, and a second dossier of another submission sealed by the same key."""

    data: bytes
    other: bytes
    key: SigningKey


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    folder = tmp_path_factory.mktemp("sample")
    key = new_key(folder / "key", passphrase=None)
    workplace = small_workplace(folder)
    first = write_submission(folder / "first")
    second = write_submission(folder / "second", change=lambda m: m["system"].update(version="2.0"))
    archives = [sealed(examined(submission, workplace), key) for submission in (first, second)]
    return Sample(data=archives[0], other=archives[1], key=key)


@pytest.fixture
def check(sample: Sample, tmp_path: Path) -> Callable[[bytes], Any]:
    """Verify bytes with the sample's key."""

    def verify_bytes(data: bytes) -> Any:
        path = tmp_path / "d.zip"
        path.write_bytes(data)
        return verify(path, sample.key.public)

    return verify_bytes


Check = Callable[[bytes], Any]


def refused(check: Check, data: bytes) -> bool:
    try:
        check(data)
    except Tampered:
        return True
    return False


def members_of(data: bytes) -> dict[str, bytes]:
    return unpack(data, source="sample")


def resigned(sample: Sample, change: Callable[[dict[str, Any]], Any]) -> bytes:
    """The dossier of somebody who holds the key, changed and signed again as well as can be."""
    members = members_of(sample.data)
    value = json.loads(members[DOSSIER])
    change(value)
    signer = Signer.from_json(_payload(members[SEAL])["predicate"]["signer"])
    members[DOSSIER] = canonical(value)
    del members[SEAL]
    dossier = Dossier.from_json(value)
    members[SEAL] = seal(statement(dossier, members, signer), sample.key)
    return archive(members)


def _payload(envelope: bytes) -> Any:
    return json.loads(base64.b64decode(json.loads(envelope)["payload"]))


def test_an_untouched_dossier_verifies_and_says_what_was_not_checked(sample: Sample, check: Check) -> None:
    verification = check(sample.data)
    assert verification.dossier.verdict.decision == "conforming"
    assert verification.certifiable is False
    assert any("not authenticated" in line for line in verification.not_checked)
    assert any("not run again" in line for line in verification.not_checked)


def test_signing_the_same_facts_again_gives_the_same_bytes(sample: Sample) -> None:
    assert resigned(sample, lambda value: None) == sample.data


def flips(data: bytes, step: int) -> Iterator[bytes]:
    generator = random.Random(7)
    for position in range(0, len(data), step):
        flipped = data[position] ^ (1 << generator.randrange(8))
        yield data[:position] + bytes([flipped]) + data[position + 1 :]


def test_flipped_bytes_are_refused(sample: Sample, check: Check) -> None:
    assert all(refused(check, flipped) for flipped in flips(sample.data, step=61))


@pytest.mark.qualify
def test_every_flipped_byte_is_refused(sample: Sample, check: Check) -> None:
    outcomes = [refused(check, flipped) for flipped in flips(sample.data, step=1)]
    print(f"\n{sum(outcomes)} of {len(outcomes)} flipped bytes refused")
    assert all(outcomes)


def test_bytes_added_or_missing_at_the_ends_are_refused(sample: Sample, check: Check) -> None:
    data = sample.data
    for changed in (data + b"\0", b"\0" + data, data[:-1], data[1:], b"", data + data):
        assert refused(check, changed)


def test_a_truncation_anywhere_is_refused(sample: Sample, check: Check) -> None:
    assert all(refused(check, sample.data[:size]) for size in range(0, len(sample.data), 997))


def test_a_file_removed_added_renamed_or_exchanged_is_refused(sample: Sample, check: Check) -> None:
    members, others = members_of(sample.data), members_of(sample.other)
    for name in members:
        without = {n: d for n, d in members.items() if n != name}
        assert refused(check, archive(without)), name
        assert refused(check, archive({**without, name + "x": members[name]})), name
        if members[name] != others.get(name, b""):
            assert refused(check, archive({**members, name: others.get(name, b"other")})), name
    assert refused(check, archive({**members, "added.txt": b"added"}))
    assert refused(check, archive({**members, f"evidence/{'0' * 64}": b"added"}))


def test_a_seal_from_another_dossier_is_refused(sample: Sample, check: Check) -> None:
    members, others = members_of(sample.data), members_of(sample.other)
    assert not refused(check, sample.other)
    assert refused(check, archive({**members, SEAL: others[SEAL]}))


def test_another_key_is_refused(sample: Sample, tmp_path: Path) -> None:
    (tmp_path / "d.zip").write_bytes(sample.data)
    stranger = new_key(tmp_path / "stranger", passphrase=None)
    with pytest.raises(Tampered):
        verify(tmp_path / "d.zip", stranger.public)


def test_a_stranger_who_signs_again_is_refused(sample: Sample, check: Check, tmp_path: Path) -> None:
    members = members_of(sample.data)
    stranger = new_key(tmp_path / "stranger", passphrase=None)
    payload = base64.b64decode(json.loads(members[SEAL])["payload"])
    assert refused(check, archive({**members, SEAL: seal(payload, stranger)}))


def test_every_change_of_the_envelope_is_refused(sample: Sample, check: Check) -> None:
    members = members_of(sample.data)
    envelope = json.loads(members[SEAL])
    twice = {**envelope, "signatures": envelope["signatures"] * 2}
    none = {**envelope, "signatures": []}
    typed = {**envelope, "payloadType": "application/json"}
    extra = {**envelope, "comment": "added"}
    noted = {**envelope, "signatures": [{**envelope["signatures"][0], "note": "added"}]}
    for changed in (twice, none, typed, extra, noted, [], "text", None):
        assert refused(check, archive({**members, SEAL: canonical(changed)})), changed
    spaced = json.dumps(envelope, indent=1).encode()
    assert refused(check, archive({**members, SEAL: spaced}))


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every field and element of a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from paths(inner, (*path, key))


def without(value: Any, path: tuple[Any, ...]) -> Any:
    copy = json.loads(json.dumps(value))
    inner = copy
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return copy


def test_every_dropped_field_is_refused(sample: Sample, check: Check) -> None:
    """With the archive made good again, but for the signature."""
    members = members_of(sample.data)
    value = json.loads(members[DOSSIER])
    everywhere = list(paths(value))
    for path in everywhere[:: max(1, len(everywhere) // 150)]:
        changed = archive({**members, DOSSIER: canonical(without(value, path))})
        assert refused(check, changed), path


@pytest.mark.qualify
def test_every_dropped_field_is_refused_without_exception(sample: Sample, check: Check) -> None:
    members = members_of(sample.data)
    value = json.loads(members[DOSSIER])
    outcomes = [
        refused(check, archive({**members, DOSSIER: canonical(without(value, p))})) for p in paths(value)
    ]
    print(f"\n{sum(outcomes)} of {len(outcomes)} dropped fields refused")
    assert all(outcomes)


# Whoever holds the key can sign what they like. What contradicts itself is refused all the same.

CONTRADICTIONS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "a limit that was loosened": lambda d: d["basis"]["required"][0]["limits"].popitem(),
    "a finding left out": lambda d: d["findings"].pop(),
    "a finding twice": lambda d: d["findings"].append(d["findings"][0]),
    "a required check left out with its finding": lambda d: (
        d["findings"].pop(),
        d["basis"]["required"].pop(),
    ),
    "another submission": lambda d: d.update(submission="sha256:" + "0" * 64),
    "an artifact left out": lambda d: d["artifacts"].pop(),
    "an artifact's digest": lambda d: d["artifacts"][0].update(digest="sha256:" + "0" * 64),
    "a commitment left out": lambda d: d["protocol"]["commitments"].pop(),
    "a commitment's digest": lambda d: d["protocol"]["commitments"][0].update(digest="sha256:" + "0" * 64),
    "a manifest that says something else": lambda d: d["manifest"]["model"].update(file="model/other.onnx"),
    "a protocol that the ledger does not know": lambda d: d["openings"].pop(0),
    "data that the ledger does not show as opened": lambda d: d["openings"].pop(),
    "a run that finished before it started": lambda d: d["run"].update(finished="2020-01-01T00:00:00+00:00"),
    "a more generous allowance": lambda d: d["protocol"].update(allowance=100),
    "an allowance of more attempts than any": lambda d: d["protocol"].update(allowance=1000),
    "a line of the ledger of another series": lambda d: d["openings"][-1].update(series="sha256:" + "0" * 64),
    "attempts that do not share alpha": lambda d: d["basis"].update(attempts=2),
    "a line of the ledger from the future": lambda d: d["openings"][-1].update(
        at="2999-01-01T00:00:00+00:00"
    ),
    "an opening of no data": lambda d: d["openings"][-1].update(data=[]),
    "run times of other tasks": lambda d: d["run"].update(seconds={"sha256:" + "0" * 64: "1"}),
    "an isolation that nobody gave": lambda d: d["environment"].update(isolation="I3", network_denied=True),
    "an estimate outside its bounds": lambda d: next(
        f["result"]["estimates"] for f in d["findings"] if f["result"]["estimates"]
    )[0].update(value="-0.5"),
    "another method's answer": lambda d: d["findings"][0]["result"].update(method="objectives.other"),
    "a finding that calls itself observed": lambda d: d["findings"][0]["result"].update(observed=True),
    "a check excused by a fact that was not declared": lambda d: d["basis"]["excused"].append(
        {"check": "demo/x", "title": {"en": "X", "fr": "X"}, "facts": ["system.kind = oracle"]}
    ),
}


@pytest.mark.parametrize("name", CONTRADICTIONS)
def test_a_contradiction_signed_with_the_right_key_is_refused(
    name: str, sample: Sample, check: Check
) -> None:
    try:
        changed = resigned(sample, CONTRADICTIONS[name])
    except ValueError:
        return  # it cannot even be written down as a dossier
    assert refused(check, changed)


def test_a_better_estimate_signed_with_the_right_key_changes_the_comparison(
    sample: Sample, check: Check
) -> None:
    """A liar who holds the key can write any number; what betrays him is that nobody reproduces it."""

    def lie(value: dict[str, Any]) -> None:
        estimates = next(f["result"]["estimates"] for f in value["findings"] if f["result"]["estimates"])
        estimates[0]["n"] += 1

    before = check(sample.data).dossier.comparison_digest
    after = check(resigned(sample, lie)).dossier.comparison_digest
    assert before != after


def test_a_claim_in_the_statement_that_does_not_follow_is_refused(sample: Sample, check: Check) -> None:
    members = members_of(sample.data)
    payload = _payload(members[SEAL])
    for change in ({"certifiable": True}, {"obstacles": []}, {"decision": "non_conforming"}, {"extra": 1}):
        claim = {**payload, "predicate": {**payload["predicate"], **change}}
        changed = archive({**members, SEAL: seal(canonical(claim), sample.key)})
        assert refused(check, changed), change


def test_a_production_key_cannot_be_claimed(sample: Sample, check: Check) -> None:
    members = members_of(sample.data)
    payload = _payload(members[SEAL])
    payload["predicate"]["signer"]["key_kind"] = "production"
    assert refused(check, archive({**members, SEAL: seal(canonical(payload), sample.key)}))


def test_a_report_that_was_exchanged_is_refused_even_if_the_archive_is_whole(
    sample: Sample, check: Check
) -> None:
    assert refused(check, archive({**members_of(sample.data), REPORT: b"<p>conforming</p>"}))


def test_no_file_is_unusable_input(sample: Sample, tmp_path: Path) -> None:
    with pytest.raises(UnusableInput):
        verify(tmp_path / "nothing.zip", sample.key.public)


# Archives made to hurt whoever opens them


def test_a_compressed_member_is_refused_before_it_is_unpacked(check: Check) -> None:
    for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", method) as bomb:
            bomb.writestr("dossier.json", b"0" * 50_000_000)
        assert len(buffer.getvalue()) < 500_000
        assert refused(check, buffer.getvalue())


def test_a_member_that_lies_about_its_size_is_refused(sample: Sample, check: Check) -> None:
    data = bytearray(sample.data)
    directory = data.rfind(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = (1 << 30).to_bytes(4, "little")
    assert refused(check, bytes(data))


def test_an_enormous_seal_is_refused_unparsed(sample: Sample, check: Check) -> None:
    members = members_of(sample.data)
    assert refused(check, archive({**members, SEAL: b"[" + b"{}," * 3_000_000 + b"{}]"}))


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-01-01"])
def test_a_time_out_of_this_world_is_refused(instant: str, sample: Sample, check: Check) -> None:
    members = members_of(sample.data)
    value = json.loads(members[DOSSIER])
    value["run"]["started"] = instant
    assert refused(check, archive({**members, DOSSIER: canonical(value)}))
    payload = _payload(members[SEAL])
    payload["predicate"]["signer"]["signed_at"] = instant
    assert refused(check, archive({**members, SEAL: seal(canonical(payload), sample.key)}))


def test_a_dossier_nested_without_end_is_refused_and_no_crash(sample: Sample, check: Check) -> None:
    members = members_of(sample.data)
    deep = b"[" * 500 + b"]" * 500
    changed = {**members, DOSSIER: deep}
    payload = _payload(members[SEAL])
    payload["subject"] = subjects({name: data for name, data in changed.items() if name != SEAL})
    assert refused(check, archive({**changed, SEAL: seal(canonical(payload), sample.key)}))


def test_an_archive_that_announces_an_enormous_directory_is_refused_unread(
    sample: Sample, check: Check
) -> None:
    data = bytearray(sample.data)
    data[-12:-10] = (65_000).to_bytes(2, "little")
    assert refused(check, bytes(data))
    data = bytearray(sample.data)
    data[-10:-6] = (1 << 30).to_bytes(4, "little")
    assert refused(check, bytes(data))


def test_a_limit_left_open_is_refused_and_no_crash(sample: Sample, check: Check) -> None:
    """No honest program can write this; whoever holds a key can."""
    members = members_of(sample.data)
    value = json.loads(members[DOSSIER])
    next(iter(value["basis"]["required"][0]["limits"].values()))["value"] = None
    changed = {**members, DOSSIER: canonical(value)}
    payload = _payload(members[SEAL])
    payload["subject"] = subjects({name: data for name, data in changed.items() if name != SEAL})
    with pytest.raises(Tampered, match="open"):
        check(archive({**changed, SEAL: seal(canonical(payload), sample.key)}))


# Together with what people decided, and at a moment


@pytest.fixture(scope="module")
def waiting_dossier(tmp_path_factory: pytest.TempPathFactory) -> Waiting:
    """A dossier under a local pack; two of its checks wait for a person."""
    return waiting(tmp_path_factory.mktemp("waiting"))


@pytest.mark.parametrize(
    ("later", "believed"),
    [(timedelta(0), True), (CLOCKS_DIFFER, True), (CLOCKS_DIFFER + timedelta(seconds=1), False)],
)
def test_a_dossier_from_the_future_is_refused_but_for_clocks_that_differ(
    later: timedelta, believed: bool, waiting_dossier: Waiting
) -> None:
    case = waiting_dossier
    moment = case.alone.signer.signed_at - later
    if believed:
        assert case.alone_at(moment).signer == case.alone.signer
    else:
        with pytest.raises(Tampered, match="signed in the future"):
            case.alone_at(moment)


def test_a_dossier_does_not_age(waiting_dossier: Waiting) -> None:
    later = waiting_dossier.alone_at(waiting_dossier.now + timedelta(days=36_500))
    assert later == waiting_dossier.alone


def test_considering_nothing_changes_nothing(waiting_dossier: Waiting) -> None:
    assert waiting_dossier.verified() == waiting_dossier.alone


def test_one_paper_that_does_not_fit_spoils_all_of_them(waiting_dossier: Waiting) -> None:
    """Leaving it out in silence would mislead: it was meant to count."""
    case = waiting_dossier
    fitting, misfit = case.review(RISK), case.deviation()
    for papers in ((fitting, misfit), (misfit, fitting)):
        with pytest.raises(Tampered):
            case.verified(*papers)


def test_what_was_considered_is_among_what_was_checked(waiting_dossier: Waiting) -> None:
    case = waiting_dossier
    both = case.verified(case.review(RISK), deviations=(case.deviation(OVERSIGHT),))
    added = both.checked[len(case.alone.checked) :]
    assert [RISK in added[0], OVERSIGHT in added[1], len(added)] == [True, True, 2]
    assert set(both.obstacles) > set(case.alone.obstacles)
    assert not both.certifiable


def repacked(case: Waiting, change: Callable[[dict[str, Any]], Any]) -> bytes:
    """Changed and signed again by the laboratory, with a protocol that locks the changed basis."""
    members = unpack(case.archive, source="d")
    value = json.loads(members[DOSSIER])
    change(value["basis"])
    value["protocol"]["basis"] = str(Digest.of_value(value["basis"]))
    protocol = Protocol.from_json(value["protocol"])
    for entry in value["openings"]:
        entry.update(protocol=str(protocol.value_digest), series=str(protocol.series))
    for before, after in pairwise(value["openings"]):
        after["previous"] = str(Digest.of_value(before))
    dossier = Dossier.from_json(value)
    kept = {name: data for name, data in members.items() if name not in (DOSSIER, SEAL)}
    signed = {**kept, DOSSIER: dossier.to_bytes()}
    signer = Signer.from_json(_payload(members[SEAL])["predicate"]["signer"])
    return archive({**signed, SEAL: seal(statement(dossier, signed, signer), case.laboratory)})


def test_the_laboratory_may_sign_what_it_measured_under_a_basis_of_another_title(
    waiting_dossier: Waiting,
) -> None:
    """The control of the next: nothing in the dossier contradicts that."""
    case = waiting_dossier
    again = repacked(case, lambda basis: basis["title"].update(en="Another."))
    assert verify_bytes(again, case.laboratory.public, source="d", now=case.now).obstacles


MISNAMED_PACKS: dict[str, Callable[[list[Any]], Any]] = {
    "none named": lambda packs: packs.clear(),
    "one more named": lambda packs: packs.append({**packs[0], "id": "org.other"}),
    "one named twice": lambda packs: packs.append(packs[0]),
    "another named": lambda packs: packs[0].update(id="eu.ai-act"),
}


@pytest.mark.parametrize("name", MISNAMED_PACKS)
def test_a_basis_that_does_not_name_its_packs_is_refused(name: str, waiting_dossier: Waiting) -> None:
    """Otherwise nobody would be told that its checks are signed by nobody."""
    case = waiting_dossier
    forged = repacked(case, lambda basis: MISNAMED_PACKS[name](basis["packs"]))
    with pytest.raises(Tampered, match="packs are not those"):
        verify_bytes(forged, case.laboratory.public, source="d", now=case.now)


def test_an_unsigned_pack_cannot_be_called_signed(waiting_dossier: Waiting) -> None:
    zero = "sha256:" + "0" * 64
    signed = {"lock": zero, "steward": "Us", "key": zero, "key_kind": "production", "stewards": zero}
    with pytest.raises(ValueError, match="none under local"):
        repacked(waiting_dossier, lambda basis: basis["packs"][0].update(signed))
