"""What people type: an address, topics, and the office's deeds on request."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from portal.updates.domain import addresses
from portal.updates.registries import Topic
from portal.web.forms import PortalForm

NO_TOPIC = _("Choose at least one topic")


class AddressField(forms.CharField):
    """An e-mail address, given back as `addresses.tidy` keeps it."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.EmailInput(attrs={"autocomplete": "email", "spellcheck": "false", "autocapitalize": "none"})
        kwargs.setdefault("widget", widget)
        kwargs.setdefault("error_messages", {"required": _("Write your e-mail address")})
        super().__init__(**kwargs)

    def clean(self, value: Any) -> str:
        """Return the tidied address; raises `ValidationError` with what to write instead."""
        return addresses.tidy(super().clean(value))


class TopicsForm(PortalForm):
    """Which topics; at least one."""

    topics = forms.MultipleChoiceField(
        label=_("What shall we tell you of?"),
        choices=Topic.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": NO_TOPIC, "invalid_choice": NO_TOPIC},
    )


class AskForm(TopicsForm):
    """The form at /updates/: an address and topics. None is ticked: consent is given, not taken (GDPR, recital 32)."""

    address = AddressField(label=_("E-mail address"))
    field_order = ["address", "topics"]


class RequestForm(PortalForm):
    """What the office does for somebody who wrote instead of using a link."""

    address = AddressField(
        label="E-mail address",
        error_messages={"required": "Write the address"},
        widget=forms.EmailInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )
    deed = forms.ChoiceField(
        label="What they ask for",
        choices=[
            ("stop", "No more updates"),
            ("block", "No letter at all, whoever types the address"),
            ("unblock", "Letters again, after a block"),
        ],
        widget=forms.RadioSelect,
    )
