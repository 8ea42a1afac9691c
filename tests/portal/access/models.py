"""A protected model for tests; its table is made by conftest."""

from django.db import models

from portal.access.models import Protected, ProtectedQuerySet, Rule


class Paper(Protected):
    # Without a constraint of the database: PostgreSQL would not empty the rules while this table points to them, and
    # Django, which does not know it as installed, would not empty it along.
    rule = models.ForeignKey(Rule, on_delete=models.PROTECT, related_name="+", db_constraint=False)

    objects = ProtectedQuerySet.as_manager()

    class Meta:
        app_label = "test_access"


class Bare(models.Model):
    """Stands under no rule."""

    class Meta:
        app_label = "test_access"
