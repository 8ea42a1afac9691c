"""Input from reviewers, participants, hosts and the office after the applications are in."""

from __future__ import annotations

from typing import Any

from django import forms

from exchanges.domain import stays
from exchanges.domain.conditions import REPORT_NEEDS
from exchanges.forms.checked import CheckedByModel
from exchanges.models import Agreement, Criterion, Report, Review
from portal.files.forms import ProtectedFileField
from portal.web.forms import PortalForm, PortalModelForm

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")


class KeptIncomplete:
    """Mixin of a long form that is saved as far as it goes: `needed` fields are asked for only when it is sent."""

    needed: tuple[str, ...] = ()

    def full_clean(self) -> None:
        """Clean as if nothing were required; on the page the fields stay without “(optional)”."""
        self._require(required=False)
        super().full_clean()  # type: ignore[misc]
        self._require(required=True)

    def _require(self, *, required: bool) -> None:
        for name in self.needed:
            self.fields[name].required = required  # type: ignore[attr-defined]


class ReviewForm(KeptIncomplete, PortalForm):
    """Points for each criterion, and a comment. Points may stay open until the review is submitted."""

    comment = forms.CharField(
        label="What speaks for it, and what against",
        help_text="Read by the programme office, and by the other reviewers once theirs is in. Never by the applicant.",
        required=False,
        max_length=1500,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, *args: Any, review: Review, **kwargs: Any) -> None:
        self.review = review
        self.criteria: list[Criterion] = list(review.application.call.criteria.all())
        points = {score.criterion_id: score.points for score in review.scores.all()}
        initial = {"comment": review.comment, **{f"points_{pk}": str(value) for pk, value in points.items()}}
        super().__init__(*args, initial=initial, **kwargs)
        for criterion in self.criteria:
            self.fields[f"points_{criterion.pk}"] = forms.TypedChoiceField(
                label=f"{criterion.name} ({criterion.weight} of 100)",
                help_text=f"0 points: {criterion.low} 10 points: {criterion.high}",
                choices=[("", "No points yet"), *((str(value), str(value)) for value in range(11))],
                coerce=int,
                empty_value=None,
                required=False,
            )
        self.needed = tuple(f"points_{criterion.pk}" for criterion in self.criteria)
        self._require(required=True)
        self.order_fields([*self.needed, "comment"])

    @property
    def points(self) -> dict[int, int | None]:
        """What was chosen for each criterion, by its id; None where points were taken back or never given."""
        names = {criterion.pk: f"points_{criterion.pk}" for criterion in self.criteria}
        return {pk: self.cleaned_data[name] for pk, name in names.items() if name in self.cleaned_data}

    @property
    def says_the_same(self) -> bool:
        """Whether the answers are those that are kept already."""
        kept = {score.criterion_id: score.points for score in self.review.scores.all()}
        given = {pk: value for pk, value in self.points.items() if value is not None}
        return not self.errors and given == kept and self.cleaned_data["comment"] == self.review.comment


class DeclineReviewForm(PortalForm):
    """Why a reviewer hands an application back."""

    reason = forms.CharField(label="Why you hand it back", max_length=300)
    is_conflict = forms.BooleanField(label="I have a conflict of interest", required=False)


class DeclineOfferForm(PortalForm):
    """Why an applicant declines, if they want to say so."""

    reason = forms.CharField(
        label="Why you decline",
        help_text="Your contact point and the office read it. You need not say anything.",
        required=False,
        max_length=300,
    )


class AgreementForm(PortalForm):
    """One version of the agreement."""

    objectives = forms.CharField(
        label="What the week is for",
        help_text="Two or three aims that guest and host share.",
        max_length=1500,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    day_1 = forms.CharField(label="Monday", max_length=300)
    day_2 = forms.CharField(label="Tuesday", max_length=300)
    day_3 = forms.CharField(label="Wednesday", max_length=300)
    day_4 = forms.CharField(label="Thursday", max_length=300)
    day_5 = forms.CharField(label="Friday", max_length=300)
    language = forms.CharField(label="Working language", max_length=60)
    outcome = forms.CharField(
        label="What will be brought home",
        help_text="Procedures, drills and exercises only. No operational or case data, no names.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    base_version = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, *args: Any, agreement: Agreement | None, **kwargs: Any) -> None:
        initial: dict[str, Any] = {"base_version": 0, **kwargs.pop("initial", {})}
        if agreement is not None:
            initial |= {
                "objectives": agreement.objectives,
                "language": agreement.language,
                "outcome": agreement.outcome,
                "base_version": agreement.version,
                **{f"day_{day}": text for day, text in enumerate(agreement.agenda, start=1)},
            }
        super().__init__(*args, initial=initial, **kwargs)

    @property
    def agenda(self) -> list[str]:
        """The five days, Monday first."""
        return [self.cleaned_data[f"day_{day}"] for day in range(1, 6)]


class ReportForm(KeptIncomplete, CheckedByModel, PortalModelForm):
    """The report as far as it is written; nothing is asked for before it is sent."""

    needed = tuple(REPORT_NEEDS)
    #: As much as the library shows of it in a list; what was seen stands beneath it there in full.
    lesson = forms.CharField(
        label="The lesson in two or three sentences",
        help_text="For a shift leader who has two minutes.",
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    attachment = ProtectedFileField(
        label="A photo or a PDF",
        help_text="20 MB at most. No faces, no screens, no plans of a room. Pictures lose their place and camera.",
        required=False,
    )

    class Meta:
        model = Report
        fields = ["seen", "differently", "conditions", "lesson_title", "lesson", "lesson_public"]
        labels = {
            "seen": "What did you see?",
            "differently": "What do they do differently from you?",
            "conditions": "What must be in place for it to work at home?",
            "lesson_title": "Your one lesson, as a title",
            "lesson_public": "Anyone may read my lesson in the library",
        }
        help_texts = {
            "seen": "Procedures, drills and exercises only. No operational or case data, no names.",
            "conditions": "Read by the office and the contact points; it does not go into the library.",
            "lesson_title": "For example: Alert both neighbours with one prepared message.",
            "lesson_public": (
                "What you saw, what they do differently and the lesson, with your function and country, without your "
                "name. If you leave this open, it is for members only."
            ),
        }
        widgets = {
            "seen": forms.Textarea(attrs={"rows": 7}),
            "differently": forms.Textarea(attrs={"rows": 7}),
            "conditions": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._require(required=True)

    @property
    def answers(self) -> dict[str, Any]:
        """The valid answers, the file aside."""
        return {name: value for name, value in self.cleaned_data.items() if name != "attachment"}

    @property
    def says_the_same(self) -> bool:
        """Whether the answers are those that are kept already."""
        return self.answers == {name: getattr(self.instance, name) for name in self._meta.fields}


class ReturnForm(PortalForm):
    """What the office asks for before a report can be accepted."""

    comment = forms.CharField(label="What is missing", max_length=1500, widget=forms.Textarea(attrs={"rows": 3}))


class StopForm(PortalForm):
    """Why a week does not come to its end."""

    verb = forms.ChoiceField(label="What has happened?", widget=forms.RadioSelect)
    reason = forms.CharField(
        label="In a sentence",
        help_text="A recall to duty is no fault of anybody. No operational detail, please.",
        max_length=300,
    )

    def __init__(self, *args: Any, verbs: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["verb"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(verb, stays.STOPS[verb]) for verb in verbs]
