"""The sending contact point's word on an application."""

from __future__ import annotations

from django import forms

from portal.web.forms import PortalForm


class EndorseForm(PortalForm):
    """Endorse, with an optional national rank and comment."""

    national_rank = forms.IntegerField(
        label="National rank",
        help_text="1 is whom the country would send first. Reviewers see it, the applicant does not.",
        min_value=1,
        max_value=99,
        required=False,
        error_messages={
            "invalid": "Give the rank as a whole number, for example 1.",
            "min_value": "Ranks start at 1.",
            "max_value": "Ranks end at 99.",
        },
    )
    comment = forms.CharField(
        label="Comment",
        help_text="The applicant reads this.",
        required=False,
        max_length=1500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReturnForm(PortalForm):
    """Send back with a comment."""

    return_comment = forms.CharField(
        label="What should be different",
        help_text="The applicant reads this and can send it again within five days.",
        max_length=1500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say in a sentence what should be different."},
    )


class RefuseForm(PortalForm):
    """Decline with a reason."""

    reason = forms.CharField(
        label="Why it is not endorsed",
        help_text="The applicant reads this.",
        max_length=1500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say in a sentence why."},
    )
