"""State diagrams drawn from the transition tables, in Mermaid."""

from __future__ import annotations

from portal.journal.machine import Machine, Transition, machines

HEAD = """# States

Drawn from the transition tables by `manage.py state_diagrams`; `make check` fails when this page is behind them.
Who may do a step stands on its arrow, and in the table beneath with the conditions.
"""


def diagram(machine: Machine) -> str:
    """Return one machine's Mermaid state diagram."""
    lines = ["stateDiagram-v2"]
    lines += [f"    {value} : {label}" for value, label in machine.states.choices]
    lines.append(f"    [*] --> {machine.start}")
    for transition in machine.transitions:
        lines += [f"    {source} --> {transition.target} : {_arrow(transition)}" for source in transition.source]
    leaving = {source for transition in machine.transitions for source in transition.source}
    lines += [f"    {value} --> [*]" for value in machine.states.values if value not in leaving]
    return "\n".join(lines)


def page() -> str:
    """Return the whole page: every registered machine, ordered by its model's name."""
    parts = [HEAD]
    for _, machine in sorted(machines.items()):
        parts.append(f"\n## {machine.model}\n\n```mermaid\n{diagram(machine)}\n```\n\n{_table(machine)}")
    return "".join(parts)


def _arrow(transition: Transition) -> str:
    return f"{transition.verb} ({transition.who_words})"


def _table(machine: Machine) -> str:
    rows = ["| step | from | to | who | conditions |", "|---|---|---|---|---|"]
    for step in machine.transitions:
        sources = ", ".join(machine.label(source) for source in step.source)
        conditions = "; ".join(_words(condition) for condition in step.conditions) or "–"
        rows.append(f"| {step.verb} | {sources} | {machine.label(step.target)} | {step.who_words} | {conditions} |")
    return "\n".join(rows) + "\n"


def _words(condition: object) -> str:
    # The first line of a condition's docstring says what it asks for.
    text = (getattr(condition, "__doc__", None) or "").strip().partition("\n")[0].rstrip(".")
    return text.replace("|", "\\|") or str(getattr(condition, "__name__", condition)).replace("_", " ")
