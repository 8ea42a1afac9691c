"""Diagrams drawn from the transition tables."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from portal.journal import diagrams
from portal.journal.machine import Machine


def test_diagram_says_states_steps_and_who(machine: Machine) -> None:
    assert diagrams.diagram(machine).splitlines() == [
        "stateDiagram-v2",
        "    off : Switched off",
        "    on : Switched on",
        "    broken : Broken",
        "    [*] --> off",
        "    off --> on : light (the office)",
        "    on --> off : darken (a member)",
        "    off --> broken : burn_out (the clock)",
        "    on --> broken : burn_out (the clock)",
        "    broken --> [*]",
    ]
    assert "| light | Switched off | Switched on | the office | There is a bulb; has power |" in diagrams.page()


def test_state_diagrams_writes_and_checks(settings, tmp_path: Path) -> None:
    settings.BASE_DIR = tmp_path
    with pytest.raises(CommandError, match="behind the transition tables"):
        call_command("state_diagrams", "--check")
    call_command("state_diagrams", stdout=StringIO())
    out = StringIO()
    call_command("state_diagrams", "--check", stdout=out)
    assert out.getvalue() == "docs/states.md is up to date.\n"
    page = tmp_path / "docs" / "states.md"
    page.write_text(page.read_text() + "x")
    with pytest.raises(CommandError, match=r"Run manage\.py state_diagrams"):
        call_command("state_diagrams", "--check")


def test_history_in_words_command(lamp, office) -> None:
    from portal.journal import door

    person = office.person_id
    door.record(thing=_person(person), verb="role.grant", by=office, reason="Elected")
    out = StringIO()
    call_command("history_in_words", "community.person", str(person), stdout=out)
    assert out.getvalue().endswith("Olga Office: role grant. Reason: Elected\n")
    with pytest.raises(CommandError, match=r"There is no community\.person with the key 0"):
        call_command("history_in_words", "community.person", "0")


def _person(pk: int):
    from portal.community.models import Person

    return Person.objects.get(pk=pk)
