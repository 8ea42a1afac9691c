"""``manage.py build_css``: join the layer files into the one stylesheet that pages link."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.web.assets import build_stylesheet


class Command(BaseCommand):
    """Join ``static/web/css/**`` into ``static/web/portal.css``."""

    help = "Join the stylesheet's layer files into web/portal.css."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the file and say where."""
        self.stdout.write(f"Wrote {build_stylesheet()}")
