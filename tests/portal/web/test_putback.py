"""Text put back into the form it was typed into."""

from __future__ import annotations

from django import forms
from django.http import QueryDict

from portal.web.forms import PortalForm
from portal.web.putback import PutBack, offering


class Week(PortalForm):
    """Every kind of field that matters here."""

    version = forms.CharField(widget=forms.HiddenInput, initial="7")
    summary = forms.CharField(widget=forms.Textarea, initial="As before")
    begins = forms.DateField(required=False)
    level = forms.ChoiceField(choices=[("B1", "B1"), ("C1", "C1")])
    funded = forms.BooleanField(required=False, initial=True)
    topics = forms.MultipleChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.CheckboxSelectMultiple)
    password = forms.CharField(widget=forms.PasswordInput, required=False)
    entry_code = forms.CharField(required=False)
    paper = forms.FileField(required=False)
    fixed = forms.CharField(initial="fixed", disabled=True)


class Reason(PortalForm):
    summary = forms.CharField()


def offer(query: str) -> PutBack:
    return PutBack(QueryDict(query), "/kept/")


TYPED = "version=1&summary=Mine&begins=2027-04-26&level=C1&topics=b&password=x&entry_code=y&fixed=z"


def test_form_begins_with_every_answer_that_may_be_put_back() -> None:
    with offering(offer(TYPED)):
        form = Week()
    assert {name: form[name].value() for name in form.fields} == {
        "version": "7",
        "summary": "Mine",
        "begins": "2027-04-26",
        "level": "C1",
        "funded": False,
        "topics": ["b"],
        "password": None,
        "entry_code": None,
        "paper": None,
        "fixed": "fixed",
    }
    html = str(form["summary"]) + str(form["begins"]) + str(form["level"])
    assert ">\nMine</textarea>" in html
    assert 'value="2027-04-26"' in html
    assert '<option value="C1" selected>' in html


def test_answer_is_escaped() -> None:
    with offering(offer("summary=%22%3E%3Cscript%3E")):
        form = Reason()
    assert 'value="&quot;&gt;&lt;script&gt;"' in str(form["summary"])


def test_form_with_another_field_is_not_the_one() -> None:
    kept = offer("summary=Mine")
    with offering(kept):
        form = Week()
    assert form["summary"].value() == "As before"
    assert kept.taken is False


def test_of_two_forms_with_the_same_field_neither_is_filled() -> None:
    kept = offer("summary=Mine")
    with offering(kept):
        first, second = Reason(), Reason()
    assert (first["summary"].value(), second["summary"].value(), kept.taken) == (None, None, False)


def test_forms_with_prefixes_are_told_apart() -> None:
    kept = offer("a-summary=First&b-summary=Second")
    with offering(kept):
        first, second, third = Reason(prefix="a"), Reason(prefix="b"), Reason(prefix="c")
    assert [form["summary"].value() for form in (first, second, third)] == ["First", "Second", None]
    assert kept.taken is True


def test_empty_answers_fill_nothing() -> None:
    kept = offer("summary=++")
    with offering(kept):
        form = Reason(initial={"summary": "As before"})
    assert (form["summary"].value(), kept.taken) == ("As before", False)


def test_form_that_was_sent_shows_what_was_sent() -> None:
    kept = offer("summary=Old")
    with offering(kept):
        form = Reason({"summary": "New"})
    assert (form["summary"].value(), kept.forms) == ("New", [])


def test_nothing_is_offered_outside() -> None:
    with offering(offer("summary=Mine")):
        pass
    assert Reason()["summary"].value() is None
