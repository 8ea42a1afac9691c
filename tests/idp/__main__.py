"""`python -m tests.idp <address the portal wants its answers at>`: serves until standard input ends.

Prints one line of JSON when it answers: its issuer, and the client that the portal is there.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

#: People at the provider, with one password, which is none of the portal's.
PEOPLE = ("maja", "piotr")
PASSWORD = "what the provider knows"
CLIENT = "noc-portal"
CLIENT_SECRET = "what the portal and the provider know"


class Server(ThreadingMixIn, WSGIServer):
    """One thread a request."""

    daemon_threads = True


class Quiet(WSGIRequestHandler):
    """Says nothing about requests."""

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def main() -> int:
    """Prepare the database, serve, and end with standard input."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.idp.settings"
    import django

    django.setup()
    from allauth.idp.oidc.models import Client
    from django.contrib.auth.hashers import make_password
    from django.contrib.auth.models import User
    from django.core.management import call_command
    from django.core.wsgi import get_wsgi_application

    call_command("migrate", verbosity=0)
    for name in PEOPLE:
        # The same address as in the portal: it must not matter.
        User.objects.create_user(name, f"{name}@example.org", PASSWORD)
    secret = make_password(CLIENT_SECRET)
    client = Client(id=CLIENT, name="NOC Community", scopes="openid\nemail\nprofile", secret=secret)
    client.set_redirect_uris([sys.argv[1]])
    client.save()
    server = make_server("127.0.0.1", 0, get_wsgi_application(), server_class=Server, handler_class=Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    issuer = f"http://127.0.0.1:{server.server_port}"
    print(json.dumps({"issuer": issuer, "client_id": CLIENT, "secret": CLIENT_SECRET}), flush=True)
    sys.stdin.read()
    server.shutdown()
    return 0


if __name__ == "__main__":
    sys.exit(main())
