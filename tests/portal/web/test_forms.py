import datetime as dt

import pytest
from django import forms
from django.template.loader import render_to_string

from portal.web.forms import PortalForm, shape_of
from portal.web.views.style_samples import SampleForm


class LetterForm(PortalForm):
    subject = forms.CharField(label="Subject", max_length=20)
    text = forms.CharField(label="Text", help_text="Short.", max_length=100, widget=forms.Textarea)
    kind = forms.ChoiceField(label="Kind", choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
    day = forms.DateField(label="Day", required=False)
    agreed = forms.BooleanField(label="I agree")
    token = forms.CharField(widget=forms.HiddenInput, required=False)

    def clean(self):
        if self.cleaned_data.get("subject", "") == self.cleaned_data.get("text"):
            raise forms.ValidationError("Subject and text are the same.")
        return self.cleaned_data


def rendered(form):
    return render_to_string("components/form_fields.html", {"form": form})


@pytest.mark.parametrize(
    ("name", "kind"),
    [("subject", "text"), ("text", "textarea"), ("kind", "radios"), ("agreed", "checkbox"), ("token", "hidden")],
)
def test_shape_names_the_kind_of_control(name, kind):
    assert shape_of(LetterForm()[name]).kind == kind


def test_shape_ties_hint_error_and_count_to_the_control():
    assert shape_of(LetterForm({})["text"]).attrs == {
        "class": "input",
        "aria-describedby": "id_text_helptext id_text_error id_text_count",
        "aria-invalid": "true",
    }


def test_shape_keeps_a_class_of_the_widget():
    form = LetterForm()
    form.fields["subject"].widget.attrs["class"] = "input code"
    assert shape_of(form["subject"]).attrs["class"] == "input code"


def test_controls_carry_no_maxlength_but_the_server_holds_the_limit():
    form = LetterForm({"subject": "x" * 21, "text": "y", "kind": "a", "agreed": "on"})
    assert "maxlength" not in rendered(form)
    assert form.errors["subject"] == ["Subject: at most 20 characters; these are 21"]


def test_textarea_says_how_much_of_the_limit_is_used():
    html = rendered(LetterForm({"text": "Ab\r\ncd"}))
    assert (
        '<p class="count" id="id_text_count" data-count="100" data-for="id_text"><span>5 of 100 characters</span></p>'
        in html
    )


def test_error_summary_links_to_the_first_control_of_each_field():
    html = render_to_string("components/error_summary.html", {"form": LetterForm({})})
    links = [part.split('"')[0] for part in html.split('href="')[1:]]
    assert links == ["#id_subject", "#id_text", "#id_kind_0", "#id_agreed"]
    page = rendered(LetterForm({}))
    assert [link for link in links if f'id="{link[1:]}"' not in page] == []


def test_error_summary_counts_in_words():
    html = render_to_string(
        "components/error_summary.html", {"form": LetterForm({"subject": "a", "kind": "a", "agreed": 1})}
    )
    assert '<h2 id="mend-h">One answer needs you</h2>' in html


def test_error_summary_says_a_form_wide_mistake_without_a_link():
    html = render_to_string(
        "components/error_summary.html",
        {"form": LetterForm({"subject": "a", "text": "a", "kind": "a", "agreed": "on"})},
    )
    assert "<li>Subject and text are the same.</li>" in html


@pytest.mark.parametrize("form", [LetterForm(), LetterForm({"subject": "a", "text": "b", "kind": "a", "agreed": "on"})])
def test_error_summary_of_a_form_in_order_is_nothing(form):
    assert render_to_string("components/error_summary.html", {"form": form}).strip() == ""


def test_missing_answers_are_named():
    assert {name: list(errors) for name, errors in LetterForm({}).errors.items()} == {
        "subject": ["Fill in “Subject”"],
        "text": ["Fill in “Text”"],
        "kind": ["Choose an answer to “Kind”"],
        "agreed": ["Tick “I agree” to go on"],
    }


def test_an_own_message_for_a_missing_answer_is_kept():
    class OwnForm(PortalForm):
        level = forms.CharField(error_messages={"required": "Choose your level in Finnish"})

    assert OwnForm({}).errors == {"level": ["Choose your level in Finnish"]}


def test_group_has_a_legend_and_marks_each_choice_when_missing():
    html = render_to_string("components/field.html", {"field": LetterForm({})["kind"]})
    assert '<fieldset class="field bad" aria-describedby="id_kind_error">' in html
    assert '<legend class="label label--plain">Kind</legend>' in html
    assert html.count('aria-invalid="true"') == 2


def test_fieldset_puts_several_fields_under_one_legend():
    form = LetterForm()
    html = render_to_string(
        "components/fieldset.html", {"legend": "The letter", "hint": "Both.", "fields": [form["subject"], form["day"]]}
    )
    assert html.index("The letter") < html.index('name="subject"') < html.index('name="day"')


def test_optional_field_says_so():
    html = render_to_string("components/field.html", {"field": LetterForm()["day"]})
    assert 'Day <span class="optional">(optional)</span>' in html


def test_date_uses_the_browsers_picker_with_an_iso_value():
    html = render_to_string("components/field.html", {"field": LetterForm(initial={"day": dt.date(2027, 1, 9)})["day"]})
    assert 'type="date"' in html
    assert 'value="2027-01-09"' in html


def test_hidden_fields_are_printed_once():
    assert rendered(LetterForm()).count('name="token"') == 1


def test_every_label_leads_to_a_control():
    html = rendered(SampleForm({}))
    targets = {part.split('"')[0] for part in html.split(' for="')[1:]}
    assert {target for target in targets if f'id="{target}"' not in html} == set()
