"""``manage.py settings_doc``: write docs/settings.md from the environment's one class."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.settings.environment import ROOT, Environment

HEAD = """# Settings

Every variable the portal reads from its environment. Written by `manage.py settings_doc` from
`portal/settings/environment.py`; `make check` fails when this page is behind it.

| variable | default | what it is |
|---|---|---|
"""
TAIL = """
`DJANGO_SETTINGS_MODULE` chooses between `portal.settings.local` (the embedded default) and
`portal.settings.production`, which refuses to start with the sample secret, without keys for encrypted columns
and links, a shared cache, a mail server, PostgreSQL or host names.
"""


def page() -> str:
    """Return the page as Markdown."""
    prefix = Environment.model_config["env_prefix"]
    rows = []
    for name, field in Environment.model_fields.items():
        default = field.default
        # The clone's own folder is nobody else's.
        shown = str(default).replace(str(ROOT), ".") if default not in (None, "") else "empty"
        rows.append(f"| `{prefix}{name.upper()}` | `{shown}` | {field.description} |\n")
    return HEAD + "".join(rows) + TAIL


class Command(BaseCommand):
    """Write the page, or check that it is up to date."""

    help = "Write docs/settings.md; --check only compares."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the one option."""
        parser.add_argument("--check", action="store_true", help="fail when the page is behind the settings")

    def handle(self, *args: Any, check: bool, **options: Any) -> None:
        """Write or compare."""
        file = ROOT / "docs" / "settings.md"
        if check:
            if not file.exists() or file.read_text() != page():
                raise CommandError("docs/settings.md is behind the settings. Run manage.py settings_doc.")
            self.stdout.write("docs/settings.md is up to date.")
            return
        file.parent.mkdir(exist_ok=True)
        file.write_text(page())
        self.stdout.write("Wrote docs/settings.md.")
