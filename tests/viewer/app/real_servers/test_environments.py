"""A real server that cannot be had fails where all is tested, and is left out with a reason elsewhere."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.support.real_servers import environments
from tests.support.real_servers.environments import PeerEnvironment
from tests.support.real_servers.processes import need


@pytest.fixture
def lost(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> PeerEnvironment:
    """An environment whose packages cannot be had."""

    def run(*words: str) -> None:
        raise subprocess.CalledProcessError(1, words, stderr=b"no such package")

    monkeypatch.setattr(environments, "run_command", run)
    monkeypatch.setattr(environments, "caches_folder", lambda: tmp_path / "peers")
    return PeerEnvironment("lost", ("lost==1",))


@pytest.mark.parametrize(("ci", "outcome"), [("true", pytest.fail.Exception), ("", pytest.skip.Exception)])
def test_what_is_missing_fails_in_ci_only(
    lost: PeerEnvironment, monkeypatch: pytest.MonkeyPatch, ci: str, outcome: type[BaseException]
) -> None:
    monkeypatch.setenv("CI", ci)
    with pytest.raises(outcome, match=r"environment of lost \(no such package\)"):
        lost.python()
    with pytest.raises(outcome, match="no-such-server"):
        need("no-such-server")


def test_it_is_made_once(lost: PeerEnvironment, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def run(*words: str) -> None:
        made.append(" ".join(words))
        if words[:2] == ("uv", "venv"):
            Path(words[-1]).mkdir()

    monkeypatch.setattr(environments, "run_command", run)
    assert lost.python() == lost.python()
    assert [words for words in made if words.endswith("lost==1")] == made[1:2]
    assert len(made) == 3
