"""Technology Interest Groups and projects, their objectives and current work."""

from django.db import models


class Group(models.Model):
    """A TIG, network, project or the Core Group. `group:<pk>` is the principal of its members."""

    class Kind(models.TextChoices):
        TIG = "tig", "Technology Interest Group"
        NETWORK = "network", "Network"
        PROJECT = "project", "Project"
        CORE = "core", "Core Group"

    kind = models.CharField(max_length=20, choices=Kind.choices, default=Kind.TIG)
    name = models.CharField(max_length=120, unique=True)
    short_name = models.CharField(max_length=40)
    slug = models.SlugField(unique=True)
    summary = models.TextField(blank=True)
    #: The public name of the leader, where the sources make it public.
    leader_name = models.CharField(max_length=120, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Objective(models.Model):
    """A numbered objective of a group, e.g. OBJ3 of the OC TIG."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="objectives")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=160)
    text = models.TextField()

    class Meta:
        ordering = ["group", "number"]
        constraints = [models.UniqueConstraint(fields=["group", "number"], name="one_objective_per_number")]

    def __str__(self) -> str:
        return f"OBJ{self.number} {self.title}"


class WorkItem(models.Model):
    """Something a group works on now."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="work_items")
    order = models.PositiveSmallIntegerField(default=0)
    title = models.CharField(max_length=160)
    text = models.TextField()

    class Meta:
        ordering = ["group", "order"]

    def __str__(self) -> str:
        return self.title
