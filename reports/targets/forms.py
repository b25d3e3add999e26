"""The form around a table of targets."""

from __future__ import annotations

from django import forms

from core.entities.forms.fields import PlainForm


class TargetsForm(PlainForm):
    """What holds for every target of a table that is saved at once."""

    year = forms.IntegerField(min_value=2000, max_value=2100, widget=forms.HiddenInput)
    # What the table held when it was opened, so that nobody's change is lost unseen.
    seen = forms.CharField(max_length=64, required=False, widget=forms.HiddenInput)
    document = forms.CharField(
        label="文号", max_length=80, help_text="改动的目标记这个文号，没有改动的仍记原来的文号。"
    )
