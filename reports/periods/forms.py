"""The form of a signature."""

from __future__ import annotations

from django import forms

from core.entities.forms.fields import PlainForm


class FreezeForm(PlainForm):
    """Signing of a plan that is over."""

    document = forms.CharField(
        label="决算文号", max_length=80, help_text="公布这份决算的文件，不是下达目标的文件。"
    )
