"""The commands behind the Makefile."""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import subprocess
from types import FrameType

from portal.bootstrap import checks, environment, lighthouse, places, serve, suite, vendor
from portal.bootstrap.progress import Steps, Trouble, say


def main(arguments: list[str]) -> int:
    """Run one command; return the exit code. A `Trouble` is told in its own words, without a traceback."""
    parser = argparse.ArgumentParser(prog="python3 -m portal.bootstrap")
    commands = parser.add_subparsers(dest="command", required=True)
    for name in ("run", "serve"):
        command = commands.add_parser(name)
        command.add_argument("--port", type=_port, default=8000)
    for name in ("test", "test-fast", "check", "bench", "lighthouse", "lock", "vendor", "fonts", "messages", "clean"):
        commands.add_parser(name)
    options = parser.parse_args(arguments)
    signal.signal(signal.SIGTERM, _end)
    try:
        return _COMMANDS[options.command](options)
    except Trouble as trouble:
        say(f"\n{trouble}")
        return 1
    except KeyboardInterrupt:
        say("\nEnded on request.")
        return 130


def _run(options: argparse.Namespace) -> int:
    serve.refuse_port_in_use(options.port)
    with serve.only_one(options.port):
        steps = Steps(2 + serve.STEPS)
        _environment(places.RUNTIME_LOCK, steps)
        return serve.serve(port=options.port, steps=steps)


def _serve(options: argparse.Namespace) -> int:
    """`run` without looking after the environment: for the end-to-end tests, which already run inside it."""
    serve.refuse_port_in_use(options.port)
    with serve.only_one(options.port):
        return serve.serve(port=options.port, steps=Steps(serve.STEPS))


def _test(_options: argparse.Namespace) -> int:
    _environment(places.DEVELOPMENT_LOCK, Steps(2))
    return suite.run_all()


def _test_fast(_options: argparse.Namespace) -> int:
    _environment(places.DEVELOPMENT_LOCK, Steps(2))
    return suite.run_fast()


def _check(_options: argparse.Namespace) -> int:
    _environment(places.DEVELOPMENT_LOCK, Steps(2))
    return checks.run()


def _bench(_options: argparse.Namespace) -> int:
    _environment(places.DEVELOPMENT_LOCK, Steps(2))
    return subprocess.run(
        [str(places.python()), "-m", "tests.benchmarks"], cwd=places.ROOT, env=places.tool_environment(), check=False
    ).returncode


def _lighthouse(_options: argparse.Namespace) -> int:
    _environment(places.RUNTIME_LOCK, Steps(2))
    return lighthouse.run()


def _lock(_options: argparse.Namespace) -> int:
    _environment(places.DEVELOPMENT_LOCK, Steps(2))
    return checks.lock()


def _fonts(_options: argparse.Namespace) -> int:
    """Inside the environment, for fontTools; `fonts.py` itself is imported anywhere."""
    _environment(places.DEVELOPMENT_LOCK, Steps(2))
    return subprocess.run(
        [str(places.python()), "-c", "from portal.bootstrap.fonts import cut_all; raise SystemExit(cut_all())"],
        cwd=places.ROOT,
        env=places.tool_environment(),
        check=False,
    ).returncode


def _messages(_options: argparse.Namespace) -> int:
    """Inside the environment, for Babel and for Django's reader of templates."""
    _environment(places.DEVELOPMENT_LOCK, Steps(2))
    return subprocess.run(
        [str(places.python()), "-c", "from portal.bootstrap.messages import make; raise SystemExit(make())"],
        cwd=places.ROOT,
        env=places.tool_environment(),
        check=False,
    ).returncode


def _vendor(_options: argparse.Namespace) -> int:
    return vendor.bring_all()


def _clean(_options: argparse.Namespace) -> int:
    with serve.only_one(0):
        for folder in (places.VENV, places.CACHES):
            shutil.rmtree(folder, ignore_errors=True)
            say(f"Removed {os.path.relpath(folder)}/")
    return 0


def _environment(lock: os.PathLike[str], steps: Steps) -> None:
    """Make the environment and install `lock` unless that was done."""
    if environment.is_installed(lock):
        steps.done += 2
        say(f"[{steps.done}/{steps.total}] Python environment and requirements: up to date")
        return
    with steps.step("Python environment") as note:
        environment.make(note)
    with steps.step("Requirements") as note:
        environment.install(lock, note)


def _port(text: str) -> int:
    with contextlib.suppress(ValueError):
        if 0 < int(text) < 65536:
            return int(text)
    raise argparse.ArgumentTypeError(f"{text} is no port; choose a number between 1024 and 65535")


def _end(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


_COMMANDS = {
    "run": _run,
    "serve": _serve,
    "test": _test,
    "test-fast": _test_fast,
    "check": _check,
    "bench": _bench,
    "lighthouse": _lighthouse,
    "lock": _lock,
    "vendor": _vendor,
    "fonts": _fonts,
    "messages": _messages,
    "clean": _clean,
}
