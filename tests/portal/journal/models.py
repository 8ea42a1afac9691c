"""A thing with states for tests; its table is made by conftest."""

from django.db import models


class LampState(models.TextChoices):
    OFF = "off", "Switched off"
    ON = "on", "Switched on"
    BROKEN = "broken", "Broken"


class Lamp(models.Model):
    name = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=LampState.choices, default=LampState.OFF)
    note = models.CharField(max_length=40, blank=True)
    has_bulb = models.BooleanField(default=True)
    has_power = models.BooleanField(default=True)

    class Meta:
        app_label = "test_journal"
