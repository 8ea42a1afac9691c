"""What is refused before anything long happens."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from portal.bootstrap import commands, places, serve
from portal.bootstrap.progress import Trouble


@pytest.fixture
def taken() -> int:
    """A port of this machine on which somebody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_port_in_use_is_told_and_nothing_is_written(
    taken: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NOC_VAR", str(tmp_path / "var"))
    assert commands.main(["run", "--port", str(taken)]) == 1
    assert capsys.readouterr().out == (
        f"\nPort {taken} is in use by another program. Nothing was changed. Choose another: make run PORT={taken + 1}\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_free_port_is_let_through() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    serve.refuse_port_in_use(port)


@pytest.mark.parametrize("given", ["http", "0", "65536", "-1"])
def test_port_that_is_none_is_refused(given: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        commands.main(["run", f"--port={given}"])
    assert refused.value.code == 2
    assert f"{given} is no port; choose a number between 1024 and 65535" in capsys.readouterr().err


def test_second_run_from_the_same_folder_is_told_where_the_first_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOC_VAR", str(tmp_path))
    with serve.only_one(8001), pytest.raises(Trouble) as refused, serve.only_one(8002):
        pass
    assert str(refused.value) == (
        f"The portal already runs from {tmp_path}, at http://localhost:8001. Use that one, or end it with Ctrl-C first."
    )
    with serve.only_one(8002):
        assert (tmp_path / "run.lock").read_text() == "http://localhost:8002"


def test_environment_of_the_portal_takes_no_database_or_secret_from_the_shell(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NOC_VAR", str(tmp_path))
    monkeypatch.setenv("NOC_DATABASE_URL", "postgresql://production.example.org/portal")
    monkeypatch.setenv("NOC_SECRET_KEY", "secret")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "portal.settings.production")
    environment = places.portal_environment(port=8003)
    assert {key: value for key, value in environment.items() if key.startswith(("NOC_", "DJANGO_"))} == {
        "NOC_VAR": str(tmp_path),
        "NOC_SITE_URL": "http://localhost:8003",
        "NOC_LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "portal.settings.local",
    }


def test_every_address_of_the_web_server_is_loopback() -> None:
    binds = [part for part in serve.commands(8004)["web"] if part.startswith("--bind=")]
    assert set(binds) <= {"--bind=127.0.0.1:8004", "--bind=[::1]:8004"}
    assert "--bind=127.0.0.1:8004" in binds
