"""What passwords may be: no words that everybody here knows; otherwise anything, at any length, kept as it is typed."""

from __future__ import annotations

import pytest
from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from portal.accounts import account_forms
from portal.accounts.forms import FirstPasswordForm, NewPasswordForm, PasswordAgainForm, SignInForm
from portal.accounts.models import User

MAJA = User(email="maja.kowalska@komenda.example")


@pytest.mark.parametrize(
    "password",
    [
        "NOC Community Portal 2026!",
        "nocnocnocnocnoc",
        "police-police-police-1",
        "Maja.Kowalska@komenda",
        "kowalska kowalska 12345",
    ],
)
def test_password_of_known_words_is_refused(password: str) -> None:
    with pytest.raises(ValidationError, match=r"^\['This password is too common\.'\]$"):
        validate_password(password, MAJA)


@pytest.mark.parametrize(
    "password", ["twenty minutes between alarms", "the police came by boat in May", "żółw śpi pod mostem"]
)
def test_sentence_with_a_known_word_is_taken(password: str) -> None:
    validate_password(password, MAJA)
    validate_password(password)


def test_name_of_one_person_is_no_word_for_another() -> None:
    validate_password("kowalska kowalska", User(email="bram@example.org"))


@pytest.mark.parametrize("password", ["  Blanks before AND after  ", "Żółw śpi pod mostem " * 20, "x" * 64 + "Y"])
def test_password_is_kept_as_it_is_typed_at_any_length(password: str) -> None:
    form = FirstPasswordForm({"password1": password, "password2": password}, user=MAJA)
    assert form.is_valid(), form.errors
    user = User()
    user.set_password(form.cleaned_data["password1"])
    assert user.check_password(password)
    assert not user.check_password(password.strip()[:64])
    assert not user.check_password(password.lower())


@pytest.mark.parametrize(
    ("form", "names"),
    [
        (SignInForm, {"password": "current-password"}),
        (PasswordAgainForm, {"password": "current-password"}),
        (FirstPasswordForm, {"password1": "new-password", "password2": "new-password"}),
        (NewPasswordForm, {"password1": "new-password", "password2": "new-password"}),
        (
            account_forms.NewPasswordForm,
            {"present_password": "current-password", "password1": "new-password", "password2": "new-password"},
        ),
    ],
)
def test_password_fields_hide_what_is_typed_and_help_password_managers(form: type[forms.Form], names: dict) -> None:
    made = form() if form is SignInForm else form(user=MAJA)
    fields = {name: field.widget for name, field in made.fields.items() if "password" in name}
    assert {name: widget.attrs.get("autocomplete") for name, widget in fields.items()} == names
    assert {widget.input_type for widget in fields.values()} == {"password"}
    assert not any("maxlength" in widget.attrs for widget in fields.values())
