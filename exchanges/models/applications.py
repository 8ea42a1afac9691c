"""A shift leader's application: sections, languages, wishes, and the result of each rule."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.urls import reverse

from exchanges.models.calls import Call
from exchanges.models.hosts import HostWeek
from portal.access.viewer import Viewer
from portal.community.models import CEFR, Language, Person


class ApplicationQuerySet(models.QuerySet["Application"]):
    """Applications: visible by role, never by audience (design: access)."""

    def visible_to(self, viewer: Viewer) -> ApplicationQuerySet:
        """Return what `viewer` may see: the own; the own country's, once sent; those to review; the office all sent."""
        if viewer.system:
            return self
        if not viewer.is_member:
            return self.none()
        sent = ~Q(state__in=[Application.State.DRAFT, Application.State.WITHDRAWN]) | Q(submitted_at__isnull=False)
        rule = Q(applicant_id=viewer.person_id)
        if viewer.holds("office"):
            rule |= sent
        countries = viewer.scopes("ncp", "country") | viewer.scopes("ncp_deputy", "country")
        if countries:
            rule |= sent & Q(applicant__country_id__in=countries)
        if viewer.holds("reviewer"):
            # A subquery, because a join would repeat an application that has several reviews.
            mine = Application.objects.filter(
                reviews__reviewer_id=viewer.person_id, reviews__state__in=["assigned", "submitted"]
            )
            rule |= Q(pk__in=mine.values("pk"))
        return self.filter(rule)


class Application(models.Model):
    """One person's application to one call (design: exchanges, States)."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SUBMITTED = "submitted", "With the contact point"
        RETURNED = "returned", "Returned to you"
        NOT_ENDORSED = "not_endorsed", "Not endorsed"
        LAPSED = "lapsed", "Lapsed"
        ENDORSED = "endorsed", "Endorsed"
        INELIGIBLE = "ineligible", "Not eligible"
        ELIGIBLE = "eligible", "Eligible"
        BELOW_THRESHOLD = "below_threshold", "Below the threshold"
        WAITLISTED = "waitlisted", "Waiting list"
        NOT_SELECTED = "not_selected", "Not selected"
        OFFERED = "offered", "Offered"
        ACCEPTED = "accepted", "Accepted"
        DECLINED = "declined", "Declined"
        EXPIRED = "expired", "Expired"
        WITHDRAWN = "withdrawn", "Withdrawn"

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="applications")
    applicant = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="applications")
    #: Running number within the call, given when it is first sent; shown as 007.
    number = models.PositiveSmallIntegerField(null=True)
    state = models.CharField(max_length=20, choices=State.choices, default=State.DRAFT)

    # About you
    function = models.CharField(max_length=120, blank=True)
    years_leading = models.PositiveSmallIntegerField(null=True, blank=True)
    phone = models.CharField(max_length=40, blank=True)
    # Your centre and shift
    shift = models.TextField(max_length=1000, blank=True)
    # Languages and aim
    aim = models.TextField(max_length=1500, blank=True)
    bring_home = models.TextField(max_length=1000, blank=True)
    # Line manager's consent
    manager_name = models.CharField(max_length=120, blank=True)
    manager_email = models.EmailField(blank=True)
    manager_consents = models.BooleanField(default=False)
    # Needs and emergency contact
    needs = models.TextField(max_length=600, blank=True)
    emergency_name = models.CharField(max_length=120, blank=True)
    emergency_phone = models.CharField(max_length=40, blank=True)
    # Check and send
    privacy_accepted = models.BooleanField(default=False)

    #: Grows with every save; a form that started from an older one is told before it overwrites.
    version = models.PositiveIntegerField(default=1)
    saved_at = models.DateTimeField(null=True)
    #: When it was last sent: the contact point's days count from here.
    submitted_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    #: What the contact point wrote when endorsing, returning or declining.
    comment = models.TextField(max_length=1500, blank=True)
    national_rank = models.PositiveSmallIntegerField(null=True, blank=True)
    endorsed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="endorsed")
    #: Mean of the reviews, points of 100; frozen when matching begins.
    merit = models.DecimalField(max_digits=6, decimal_places=3, null=True)
    #: Place in merit order, 0 the best; ties broken by the call's secret.
    position = models.PositiveSmallIntegerField(null=True)
    offered_week = models.ForeignKey(HostWeek, null=True, on_delete=models.PROTECT, related_name="offered_to")
    answer_by = models.DateTimeField(null=True)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        ordering = ["call", "number"]
        constraints = [
            models.UniqueConstraint(fields=["call", "applicant"], name="one_application_per_person"),
            models.UniqueConstraint(fields=["call", "number"], name="one_number_per_call"),
        ]

    def __str__(self) -> str:
        return f"{self.call.number}-{self.number:03}" if self.number else f"Draft for {self.call.number}"

    @property
    def state_words(self) -> str:
        """The state as others than the applicant read it: nobody else is "you"."""
        return "Returned" if self.state == Application.State.RETURNED else self.get_state_display()

    def get_absolute_url(self) -> str:
        """Return the application's page."""
        return reverse("exchanges:application", args=[self.pk])


class ApplicationLanguage(models.Model):
    """A language the applicant can work in on a night shift."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="languages")
    language = models.ForeignKey(Language, on_delete=models.PROTECT, related_name="+")
    #: Empty while a draft waits for it.
    level = models.CharField(max_length=6, choices=CEFR.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "language"], name="one_level_per_applied_language")
        ]

    def __str__(self) -> str:
        return f"{self.language} {self.level}"


class Unavailable(models.Model):
    """Days, both included, on which the applicant cannot travel."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="unavailable")
    starts_on = models.DateField()
    ends_on = models.DateField()

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=models.F("starts_on")), name="unavailable_days_in_order")
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} to {self.ends_on}"


class Wish(models.Model):
    """A host week in an application: ranked (1 is the first wish), or left out with a reason."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="wishes")
    week = models.ForeignKey(HostWeek, on_delete=models.PROTECT, related_name="wishes")
    rank = models.PositiveSmallIntegerField(null=True)
    left_out = models.BooleanField(default=False)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = [models.F("rank").asc(nulls_last=True), "pk"]
        verbose_name_plural = "wishes"
        constraints = [
            models.UniqueConstraint(fields=["application", "week"], name="one_wish_per_week"),
            models.CheckConstraint(
                condition=Q(left_out=True, rank=None) | Q(left_out=False, rank__isnull=False),
                name="wish_ranked_or_left_out",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rank}: {self.week_id}"


class Eligibility(models.Model):
    """The result of one rule for one application, in words, as the office confirmed it."""

    application = models.ForeignKey(Application, on_delete=models.CASCADE, related_name="eligibility")
    rule = models.CharField(max_length=40)
    passed = models.BooleanField()
    words = models.CharField(max_length=300)

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "eligibility results"
        constraints = [models.UniqueConstraint(fields=["application", "rule"], name="one_result_per_rule")]

    def __str__(self) -> str:
        return f"{self.rule}: {'yes' if self.passed else 'no'}"
