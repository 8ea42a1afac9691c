"""Countries, organisations and operational centres."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class Country(models.Model):
    """A country by its ISO 3166-1 alpha-2 code. Membership of ENLETS is data, never a constant."""

    code = models.CharField(max_length=2, primary_key=True)
    name = models.CharField(max_length=80, unique=True)
    #: The form after a preposition: "the Netherlands".
    name_in_text = models.CharField(max_length=80)
    member_since = models.DateField(null=True, blank=True)
    member_until = models.DateField(null=True, blank=True)
    in_eu = models.BooleanField(default=False)
    in_schengen = models.BooleanField(default=False)
    capital = models.CharField(max_length=80, blank=True)
    #: WGS 84, degrees, of the capital: where the country stands on a map.
    latitude = models.FloatField(validators=[MinValueValidator(-90), MaxValueValidator(90)])
    longitude = models.FloatField(validators=[MinValueValidator(-180), MaxValueValidator(180)])

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "countries"

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """A police force, agency, ministry or research body."""

    class Kind(models.TextChoices):
        POLICE = "police", "Police"
        AGENCY = "agency", "Agency"
        MINISTRY = "ministry", "Ministry"
        RESEARCH = "research", "Research"
        NETWORK = "network", "Network"

    name = models.CharField(max_length=160)
    country = models.ForeignKey(Country, null=True, blank=True, on_delete=models.PROTECT, related_name="organisations")
    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.POLICE)
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["name", "country"], name="one_organisation_per_name")]

    def __str__(self) -> str:
        return self.name


class Centre(models.Model):
    """An operational centre: a police control room, national or regional."""

    class Level(models.TextChoices):
        NATIONAL = "national", "National centre"
        REGIONAL = "regional", "Regional centre"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="centres")
    country = models.ForeignKey(Country, on_delete=models.PROTECT, related_name="centres")
    name = models.CharField(max_length=160)
    city = models.CharField(max_length=80)
    level = models.CharField(max_length=20, choices=Level.choices, default=Level.NATIONAL)
    #: WGS 84, degrees.
    latitude = models.FloatField()
    longitude = models.FloatField()
    time_zone = models.CharField(max_length=40, default="Europe/Brussels")
    is_sample = models.BooleanField(default=False)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["name", "country"], name="one_centre_per_name")]

    def __str__(self) -> str:
        return self.name
