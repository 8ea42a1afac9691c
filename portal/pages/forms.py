"""The form of the contact page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext, gettext_lazy

from portal.community.models import Country, Group
from portal.pages.domain.contact import About, Message
from portal.web.forms import PortalForm


class ContactForm(PortalForm):
    """A message about one subject; which questions it asks follows from the subject."""

    about = forms.ChoiceField(choices=About.choices, widget=forms.HiddenInput)
    name = forms.CharField(
        label=gettext_lazy("Your name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        help_text=gettext_lazy("The answer goes there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={"invalid": gettext_lazy("Give an e-mail address such as name@service.example")},
    )
    service = forms.CharField(
        label=gettext_lazy("Your service"),
        help_text=gettext_lazy("The force, agency or ministry that you work for, and the centre."),
        max_length=160,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    function = forms.CharField(
        label=gettext_lazy("Your function"),
        help_text=gettext_lazy("For example: shift leader, dispatcher, trainer."),
        max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    country = forms.ModelChoiceField(
        label=gettext_lazy("Country of your service"),
        queryset=Country.objects.order_by("name"),
        empty_label=gettext_lazy("Choose a country"),
        help_text=gettext_lazy("Its National Contact Point reads this."),
    )
    group = forms.ModelChoiceField(
        label=gettext_lazy("Group"),
        queryset=Group.objects.filter(kind=Group.Kind.TIG).order_by("name"),
        to_field_name="slug",
        empty_label=gettext_lazy("Choose a group"),
    )
    message = forms.CharField(
        label=gettext_lazy("Your message"),
        help_text=gettext_lazy("No operational or case data, please."),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )
    #: People do not see it; what fills in every field of a page does.
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))

    #: Questions that only these subjects ask.
    ONLY = {"service": About.JOIN, "function": About.JOIN, "country": About.JOIN, "group": About.GROUP}

    def __init__(self, *args: Any, about: About, **kwargs: Any) -> None:
        kwargs["initial"] = {"about": about.value, **kwargs.get("initial", {})}
        super().__init__(*args, auto_id="contact_%s", **kwargs)
        self.subject = about
        for name, only in self.ONLY.items():
            if about != only:
                del self.fields[name]
        if about == About.JOIN:
            self.fields["email"].label = gettext("Your duty e-mail address")
            self.fields["email"].help_text = "The address at your service: the contact point checks it."
            self.fields["email"].error_messages["required"] = gettext("Fill in “Your duty e-mail address”")
            self.fields["message"].label = gettext("What you would like to work on")
            self.fields["message"].error_messages["required"] = gettext("Fill in “What you would like to work on”")
        elif about == About.ACCESSIBILITY:
            self.fields["message"].help_text = "Which page, what you tried, and what with."

    @property
    def asked(self) -> list[forms.BoundField]:
        """The fields that people see, in their order."""
        return [field for field in self.visible_fields() if field.name != "website"]

    @property
    def looks_automatic(self) -> bool:
        """Whether the field that people do not see was filled in."""
        return bool(self.cleaned_data.get("website"))

    def given(self) -> Message:
        """Return the message; the form must be valid."""
        data = self.cleaned_data
        return Message(
            about=self.subject,
            name=data["name"],
            email=data["email"],
            text=data["message"],
            service=data.get("service", ""),
            function=data.get("function", ""),
            country=data.get("country"),
            group=data.get("group"),
        )
