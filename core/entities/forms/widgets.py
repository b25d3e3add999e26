"""Widgets that search while one types and still work as plain inputs."""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from django import forms
from django.urls import reverse

from core.national import place_label
from core.pinyin import name_pinyin
from core.regions.models import Region
from core.regions.names import place_name
from core.text import normalise


def text_attributes(attrs: dict[str, Any]) -> dict[str, Any]:
    """What the visible text field takes over, as Django's attrs.html wants it."""
    kept = ("aria-describedby", "aria-invalid", "required", "autofocus")
    return {"attrs": {name: attrs[name] for name in kept if name in attrs}}


class TypedChoice(forms.Widget):
    """A hidden key and the text it was found by; a text of its own is looked up on submit."""

    @abstractmethod
    def text_of(self, value: Any) -> str:
        """The text of a key, "" where it means nothing."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        key, text = data.get(name) or "", (data.get(f"{name}_text") or "").strip()
        if f"{name}_text" not in data:
            return key
        if not text:
            return None
        return key if key and text == self.text_of(key) else text

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_text" if id_ else id_

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        text = self.text_of(value) if value else ""
        context["widget"] |= {"text": text or value or "", "key": value if text else ""}
        context["described"] = text_attributes(context["widget"]["attrs"])
        return context


class RegionWidget(TypedChoice):
    """Selects from the user's own level down, and a text field beside them."""

    template_name = "widgets/region.html"
    user: Any = None

    def text_of(self, value: Any) -> str:
        text = place_name(str(value))
        return "" if text == str(value) else text

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        key = data.get(name) or ""
        picks = [p for p in data.getlist(f"{name}_pick") if p] if hasattr(data, "getlist") else []
        # Without a script the selects do not write the hidden key.
        if picks and (value or "") == key and picks[-1] != key and not key.startswith(picks[-1]):
            return picks[-1]
        return value

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"] |= region_levels(self.user, str(context["widget"]["key"] or ""))
        context["widget"]["cascade_url"] = reverse("region_cascade")
        context["widget"]["suggest_url"] = reverse("region_suggest")
        return context


def region_levels(user: Any, code: str) -> dict[str, Any]:
    """The selects below the user's own region on the way to `code`, one query."""
    own = getattr(user, "region_id", None) or ""
    if not own:
        return {"levels": []}
    path = (
        [code[:n] for n in (2, 4, 6, 9) if len(own) <= n <= len(code)]
        if code.startswith(own)
        else []
    )
    parents = list(dict.fromkeys([own, *path]))
    children: dict[str, list[Region]] = {}
    for region in Region.objects.for_user(user).current().filter(parent_id__in=parents):
        children.setdefault(str(region.parent_id), []).append(region)
    labels = {2: "市（州）", 4: "县（市、区）", 6: "乡镇（街道）", 9: "村（社区）"}
    levels = []
    for parent in parents:
        if parent in children:
            chosen = next((r.pk for r in children[parent] if code.startswith(r.pk)), "")
            levels.append({
                "label": labels.get(len(parent), "下级"),
                "parent": parent,
                "options": [(r.pk, r.name, r.pk == chosen) for r in children[parent]],
            })  # fmt: skip
    return {"levels": levels}


class LookupWidget(TypedChoice):
    """A text field that finds records of an entity."""

    template_name = "widgets/lookup.html"
    entity: str = ""
    current: Any = None
    find: Any = None

    def text_of(self, value: Any) -> str:
        if self.current is not None and str(value) == str(self.current.pk):
            return str(self.current)
        try:
            record = self.find(value) if self.find else None
        except (ValueError, forms.ValidationError):
            record = None
        return str(record) if record else ""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["lookup_url"] = reverse(f"{self.entity}_lookup")
        return context


class SearchSelect(forms.Select):
    """A long list of choices, found by typing the name, its pinyin, initials or code.

    What is typed becomes the key of the one choice it means; anything else stays as typed,
    for the field to refuse.
    """

    template_name = "widgets/search_select.html"

    def _flat(self) -> list[tuple[str, str]]:
        return [(str(key), str(label)) for key, label in self.choices if key not in ("", None)]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        text = normalise(data.get(name) or "")
        return choice_meant(text, self._flat()) or text

    def use_required_attribute(self, initial: Any) -> bool:
        return not self.is_hidden

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = forms.Widget.get_context(self, name, value, attrs)
        choices = self._flat()
        value = "" if value is None else str(value)
        context["widget"] |= {
            "value": dict(choices).get(value, value),
            "options": [(label, _readings(label)) for _, label in choices],
        }
        return context


def _readings(label: str) -> str:
    """By which letters a label is found: those of all of it, and of its last word."""
    last = label.rsplit(maxsplit=1)[-1]
    return " ".join(dict.fromkeys([*name_pinyin(label), *name_pinyin(last)]))


def choice_meant(text: str, choices: list[tuple[str, str]]) -> str:
    """The key of the one choice that `text` names, whole or by its beginning; "" for none."""
    text = text.lower()
    if not text:
        return ""
    known = {
        key: (key, label.lower(), label.split()[-1].lower(), *name_pinyin(label.split()[-1]))
        for key, label in choices
    }
    exact = [key for key, names in known.items() if text in names]
    begins = [key for key, names in known.items() if any(n.startswith(text) for n in names)]
    found = exact or begins
    return found[0] if len(found) == 1 else ""


class PlaceWidget(forms.TextInput):
    """A county of the country: the code travels, the name is shown."""

    template_name = "widgets/place.html"

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        if value and str(value).isdigit():
            context["widget"]["value"] = f"{place_label(str(value))} {value}"
        context["widget"]["suggest_url"] = reverse("place_suggest")
        context["described"] = text_attributes(context["widget"]["attrs"])
        return context
