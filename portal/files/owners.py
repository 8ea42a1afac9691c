"""Which records may have files, and who may see those records. Areas register theirs from their `apps.py`.

``owners.register("exchanges.report", lambda viewer: Report.objects.visible_to(viewer))``
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection, models
from django.db.models import CharField, F, Q, Value
from django.db.models.functions import Cast, Concat, Substr

from portal.access.viewer import Viewer

Visible = Callable[[Viewer], models.QuerySet]

_owners: dict[str, Visible] = {}


def register(owner_type: str, visible: Visible) -> None:
    """Let records of the model `owner_type` ("app.model") have files; `visible(viewer)` gives those one may see."""
    _owners[owner_type.lower()] = visible


def unregister(owner_type: str) -> None:
    """Take a model out again: its files are closed to everybody."""
    _owners.pop(owner_type.lower(), None)


def is_registered(owner_type: str) -> bool:
    """Return whether records of this model may have files."""
    return owner_type.lower() in _owners


def visible_owners(viewer: Viewer) -> Q:
    """Return the condition on attachments under which their record is visible to `viewer`."""
    condition = Q(pk__in=[])
    for owner_type, visible in _owners.items():
        condition |= Q(owner_type=owner_type, owner_id__in=_keys(visible(viewer)))
    return condition


def _keys(records: models.QuerySet) -> models.QuerySet:
    """Return the records' keys as the text that attachments hold."""
    key = records.model._meta.pk
    text = Cast(F("pk"), CharField(max_length=64))
    if isinstance(key, models.UUIDField) and not connection.features.has_native_uuid_field:
        # SQLite keeps a UUID as 32 hex digits, its text has hyphens: put them in.
        text = _hyphenated(text)
    return records.order_by().annotate(_owner_key=text).values("_owner_key")


def _hyphenated(digits: Cast) -> models.Expression:
    parts = [Substr(digits, start, length) for start, length in ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))]
    joined = parts[0]
    for part in parts[1:]:
        joined = Concat(joined, Value("-"), part)
    return joined
