"""What is asked of those who want to be forgotten, and of those who answer them."""

from __future__ import annotations

from django import forms

from portal.web.forms import PortalForm


class AskForm(PortalForm):
    """The wish to be forgotten."""

    words = forms.CharField(
        label="Anything we should know",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "maxlength": 1000}),
    )
    sure = forms.BooleanField(
        label="Close my account and forget who I am",
        help_text="You cannot sign in any more, and nobody can bring it back.",
    )


class RefuseForm(PortalForm):
    """Why a wish is refused."""

    reason = forms.CharField(
        label="Why",
        help_text="The person reads it, and may complain. Name the rule that obliges us to keep what they ask about.",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4, "maxlength": 1000}),
    )
