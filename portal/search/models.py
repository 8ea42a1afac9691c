"""The text behind the index, and the outbox of what it has still to learn."""

from __future__ import annotations

from django.db import models


class ItemText(models.Model):
    """A stretch of a document's text, kept outside the index: passages are cut from it, and a broken index falls back
    to it. Part 0 is title and summary.
    """

    document = models.CharField(max_length=120)
    part = models.PositiveIntegerField()
    #: Where the stretch stands: "page 4", "02:13", "Step 6".
    label = models.CharField(max_length=80, blank=True)
    #: What is added to the document's address to open it there.
    anchor = models.CharField(max_length=120, blank=True)
    text = models.TextField()
    #: The text without case and accents, for the fallback.
    folded = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "part"], name="one_text_per_part")]

    def __str__(self) -> str:
        return f"{self.document}, part {self.part}"


class IndexChange(models.Model):
    """One document that the index has to look at again; written in the transaction of its cause."""

    document = models.CharField(max_length=120)
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["document"])]

    def __str__(self) -> str:
        return self.document
