"""A static scan: nothing outside the door sets a state that a transition table guards.

The scan goes by the name `state`, whatever the object: a technical column of another kind is either called something
else or stands in EXEMPT with its reason.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

ROOTS = ("portal", "library", "exchanges", "events")
EXEMPT = {
    "portal/journal/door.py": "the door itself",
    "portal/jobs/queue.py": "a job's state is the bookkeeping of leases, no decision of a person",
    "portal/outbox/post.py": "a mail's state says whether the mail server took it",
    "portal/outbox/daily.py": "a mail's state says that the daily mail took it along",
    "portal/outbox/retention.py": "an emptied mail counts as sent, so that nobody tries to send it",
}
WRITERS = {"update", "create", "get_or_create", "update_or_create", "aupdate", "acreate", "bulk_update", "bulk_create"}


def _targets(node: ast.AST) -> Iterator[ast.expr]:
    if isinstance(node, ast.Assign):
        yield from node.targets
    elif isinstance(node, ast.AugAssign | ast.AnnAssign | ast.For | ast.NamedExpr):
        yield node.target
    elif isinstance(node, ast.withitem) and node.optional_vars:
        yield node.optional_vars


def _names_state(node: ast.AST) -> bool:
    return any(isinstance(part, ast.Constant) and part.value == "state" for part in ast.walk(node))


def offences(source: str) -> list[int]:
    """Return the lines on which a `state` is set."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        for target in _targets(node):
            lines += [
                part.lineno
                for part in ast.walk(target)
                if isinstance(part, ast.Attribute) and part.attr == "state" and isinstance(part.ctx, ast.Store)
            ]
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        # A class called with state=: a model's instance that save() would write. Q and When only ask.
        writes = name in WRITERS or (name[:1].isupper() and name not in {"Q", "When"})
        if writes and any(keyword.arg == "state" for keyword in node.keywords):
            lines.append(node.lineno)
        if name in WRITERS and any(
            _names_state(keyword.value) for keyword in node.keywords if keyword.arg in {None, "defaults", "fields"}
        ):
            lines.append(node.lineno)
        if name == "bulk_update" and any(_names_state(argument) for argument in node.args[1:]):
            lines.append(node.lineno)
        if name in {"setattr", "__setattr__"} and any(_names_state(argument) for argument in node.args[:2]):
            lines.append(node.lineno)
    return sorted(set(lines))


@pytest.mark.parametrize(
    "source",
    [
        "call.state = 'open'",
        "a, call.state = 1, 2",
        "call.state += 'x'",
        "call.state: str = 'open'",
        "for call.state in states: pass",
        "Call.objects.filter(pk=1).update(state='open')",
        "Call.objects.update(**{'state': 'open'})",
        "Call.objects.create(title='x', state='open')",
        "Call.objects.get_or_create(pk=1, defaults={'state': 'open'})",
        "Call.objects.bulk_update(calls, ['state'])",
        "Call.objects.bulk_update(calls, fields=['state'])",
        "Call(title='x', state='open').save()",
        "setattr(call, 'state', 'open')",
        "object.__setattr__(call, 'state', 'open')",
    ],
)
def test_scan_finds(source: str) -> None:
    assert offences(source) == [1]


@pytest.mark.parametrize(
    "source",
    ["Call.objects.filter(state='open')", "Q(state='open')", "x = call.state", "call.state == 'open'",
     "perform(thing=call, verb='open')",
     "render(request, 'x.html', {'state': call.state})", "state = call.state"],
)  # fmt: skip
def test_scan_lets_pass(source: str) -> None:
    assert offences(source) == []


def test_no_code_outside_the_door_sets_a_state() -> None:
    found = []
    for root in ROOTS:
        for file in sorted((Path(settings.BASE_DIR) / root).rglob("*.py")):
            name = file.relative_to(settings.BASE_DIR).as_posix()
            if name not in EXEMPT and "/migrations/" not in name:
                found += [f"{name}:{line}" for line in offences(file.read_text())]
    assert found == []


def test_every_exempt_file_is_there_and_needs_its_exemption() -> None:
    assert [name for name in EXEMPT if not offences((Path(settings.BASE_DIR) / name).read_text())] == []
