"""What is typed when a device is lost, and what is said about it."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.community.models import Recovery
from portal.web.forms import PortalForm


class AddressForm(PortalForm):
    """Where the link to ask is sent."""

    email = forms.EmailField(
        label=_("E-mail address"),
        help_text=_("The one you sign in with."),
        error_messages={"invalid": _("Write the address as name@example.org")},
        widget=forms.EmailInput(attrs={"autocomplete": "username"}),
    )


class WhatForm(PortalForm):
    """What happened, in the person's own choice; no free text, because nobody has made sure of who writes."""

    what = forms.ChoiceField(
        label=_("What happened to your device"), choices=Recovery.What.choices, widget=forms.RadioSelect
    )


class ConfirmForm(PortalForm):
    """How somebody made sure of the person."""

    method = forms.ChoiceField(
        label="How you know that it is this person",
        choices=Recovery.Method.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how you know that it is this person"},
    )
    note = forms.CharField(
        label="What the office should know",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RefuseForm(PortalForm):
    """Why there is no new start."""

    reason = forms.CharField(
        label="Why it is refused",
        help_text="The person reads this, and so may whoever else reads their mail.",
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say in a sentence why."},
    )
