"""Words that editors may extend: topics and scenarios."""

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.snippets.models import register_snippet


class Term(models.Model):
    """A word of a vocabulary; `slug` stands in addresses and never changes once published."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=80, unique=True)
    order = models.PositiveSmallIntegerField(default=0)

    panels = [FieldPanel("name"), FieldPanel("slug"), FieldPanel("order")]

    class Meta:
        abstract = True
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name


@register_snippet
class Topic(Term):
    """What a record is about: data exchange, training, critical communication."""

    class Meta(Term.Meta):
        pass


@register_snippet
class Scenario(Term):
    """An incident that procedures, films and pilots are made for: a manhunt, a natural hazard."""

    #: A few words for narrow places: "Natural hazard".
    short_name = models.CharField(max_length=30)

    panels = [*Term.panels, FieldPanel("short_name")]

    class Meta(Term.Meta):
        pass
