"""People, the languages they work in, and the roles they hold for a time."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from portal.accounts.models.user import NeverDeleted
from portal.community.models.places import Centre, Country, Organisation


class CEFR(models.TextChoices):
    """Levels of the Common European Framework of Reference, lowest first, and a native speaker's."""

    A1 = "A1", "A1"
    A2 = "A2", "A2"
    B1 = "B1", "B1"
    B2 = "B2", "B2"
    C1 = "C1", "C1"
    C2 = "C2", "C2"
    NATIVE = "native", "Native"


class Language(models.Model):
    """A language by its ISO 639-1 code."""

    code = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=60, unique=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PersonQuerySet(models.QuerySet["Person"]):
    """People, who are forgotten, never deleted."""

    def delete(self) -> tuple[int, dict[str, int]]:
        """Refuse."""
        raise NeverDeleted("people are forgotten by portal.privacy, never deleted")


class Person(models.Model):
    """A member. The e-mail address for letters is that of the account."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="person")
    name = models.CharField(max_length=120)
    function = models.CharField(max_length=120, blank=True)
    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="people")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="people")
    centre = models.ForeignKey(Centre, null=True, blank=True, on_delete=models.SET_NULL, related_name="people")
    groups = models.ManyToManyField("community.Group", blank=True, related_name="members")
    active = models.BooleanField(default=True)
    is_sample = models.BooleanField(default=False)

    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return self.name

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        """Refuse."""
        raise NeverDeleted("people are forgotten by portal.privacy, never deleted")


class PersonLanguage(models.Model):
    """A language a person works in, and how well."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="languages")
    language = models.ForeignKey(Language, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=6, choices=CEFR.choices)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "language"], name="one_level_per_language")]

    def __str__(self) -> str:
        return f"{self.language} {self.level}"


class Role(models.TextChoices):
    """What a person may be, always with a scope and a term."""

    NCP = "ncp", "National Contact Point"
    NCP_DEPUTY = "ncp_deputy", "Deputy contact point"
    HOST_COORDINATOR = "host_coordinator", "Host coordinator"
    REVIEWER = "reviewer", "Reviewer"
    COMMITTEE = "committee", "Committee member"
    TIG_LEADER = "tig_leader", "TIG leader"
    CORE_GROUP = "core_group", "Core Group member"
    OFFICE = "office", "Programme office"
    EDITOR = "editor", "Editor"
    AUDITOR = "auditor", "Auditor"
    DATA_PROTECTION = "data_protection", "Data protection officer"


class RoleTerm(models.Model):
    """A role that a person holds from a day to a day (both included), in Brussels time.

    `scope` is "" for everything or names one thing, "country:PL", "centre:3", "group:1", "call:4".
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="role_terms")
    role = models.CharField(max_length=20, choices=Role.choices)
    scope = models.CharField(max_length=60, blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["role", "scope"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="term_ends_after_start"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_role_display()} {self.scope}".strip()
