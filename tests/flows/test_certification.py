"""The Prefect flow itself: with its own server, killed and resumed, and against a server that is there."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import pytest
from pipeline import concluded, small_workplace
from small_submission import write_submission

from certify.key import load_public_key, new_key
from certify.verification import verify
from flows.wiring import Workplace, prefect_settings

CERTIFY = str(Path(sys.executable).parent / "certify")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("prefect")
    write_submission(folder / "submission")
    small_workplace(folder)
    new_key(folder / "key", passphrase=None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_HOME", str(folder / "prefect"))
        yield folder


def command(folder: Path, work: str) -> list[str]:
    places = ["--standards", str(folder / "standards"), "--work", str(folder / work)]
    sealing = ["--key", str(folder / "key"), "--out", str(folder / f"{work}.zip"), "--json"]
    return [CERTIFY, "run", str(folder / "submission"), "--basis", "test/small", *places, *sealing]


def certify(folder: Path, work: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command(folder, work), capture_output=True, text=True, check=False, env={**os.environ, **environment}
    )


def plain_comparison(folder: Path) -> str:
    """What the plain functions come to, in a workplace of their own."""
    workplace = Workplace(root=folder / "plain", standards=folder / "standards")
    return str(concluded(folder / "submission", workplace).comparison_digest)


def test_the_flow_needs_no_server_and_decides_as_the_plain_functions_do(folder: Path) -> None:
    done = certify(folder, "alone")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["decision"] == "conforming"
    assert said["comparison"] == plain_comparison(folder)
    assert verify(folder / "alone.zip", load_public_key(folder / "key.pub")).certifiable is False


@pytest.mark.parametrize("records", [1, 4])
def test_a_flow_that_is_killed_goes_on_where_it_stopped(folder: Path, records: int) -> None:
    work = f"killed-{records}"
    process = subprocess.Popen(
        command(folder, work), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    wait_for(lambda: len(tasks(folder / work)) >= records or process.poll() is not None)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before = tasks(folder / work)
    assert len(before) >= records
    done = certify(folder, work)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["comparison"] == plain_comparison(folder)
    after = tasks(folder / work)
    assert {name: after[name] for name in before} == before
    assert len(list((folder / work / "runs").glob("*/attempt-*"))) == 1


def tasks(work: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in work.glob("runs/*/attempt-*/tasks/[0-9a-f]*.json")}


def wait_for(condition: Any, seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.02)


@pytest.mark.parametrize(("faults", "code"), [(3, 0), (1000, 3)], ids=["a few", "without end"])
def test_a_machine_that_fails_is_tried_again_and_never_a_finding(
    folder: Path, faults: int, code: int
) -> None:
    work = f"faulty-{faults}"
    program = Path(__file__).parent.parent / "fixtures/faulty_machine.py"
    asked = [sys.executable, str(program), str(faults), *command(folder, work)[1:]]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stderr
    assert bool(tasks(folder / work)) == (code == 0)
    assert (folder / f"{work}.zip").exists() == (code == 0)


def test_the_same_flow_runs_against_a_server(folder: Path) -> None:
    port = 4747
    api = f"http://127.0.0.1:{port}/api"
    settings = {**prefect_settings(), "PREFECT_HOME": str(folder / "prefect")}
    with open(folder / "server.log", "wb") as log:
        server = start_server(port, settings, log)
    try:
        wait_for(lambda: healthy(api) or server.poll() is not None)
        assert server.poll() is None, (folder / "server.log").read_text()
        before = flow_runs(api)  # those that were killed are "RUNNING" for ever: not our truth
        done = certify(folder, "served", PREFECT_API_URL=api)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["comparison"] == plain_comparison(folder)
        new = {run: state for run, state in flow_runs(api).items() if run not in before}
        assert list(new.values()) == ["COMPLETED"]
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def start_server(port: int, settings: dict[str, str], log: IO[bytes]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)],
        env={**os.environ, **settings},
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )


def healthy(api: str) -> bool:
    try:
        with urllib.request.urlopen(f"{api}/health", timeout=10) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def flow_runs(api: str) -> dict[str, str]:
    request = urllib.request.Request(
        f"{api}/flow_runs/filter", data=b"{}", headers={"Content-Type": "application/json"}, method="POST"
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return {run["id"]: run["state_type"] for run in json.load(answer)}
