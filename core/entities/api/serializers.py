"""How a record leaves through the API: masked numbers, codes with their words, places."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.accounts.models import User
from core.entities.display import own_words
from core.regions.models import Region
from core.regions.names import place_name
from core.scoping import in_scope
from core.secrecy.fields import EncryptedTextField
from core.timeline import EndField


def is_visible(record: Any, user: Any) -> bool:
    """Whether a record that another one names lies in the reader's scope."""
    if not user.has_record_scope:
        return False
    return user.region_id == settings.PROVINCE_CODE or in_scope(record.scope_code(), user)


class Masked(serializers.CharField):
    """An ID number or phone as the model masks it."""

    def get_attribute(self, instance: Any) -> str:
        return str(getattr(instance, f"masked_{self.field_name}"))


class LastDay(serializers.DateField):
    """The last day on which something still was."""

    def to_representation(self, value: Any) -> str:
        return str(super().to_representation(EndField().said(value)))


class Label(serializers.CharField):
    """The word behind a code."""

    def __init__(self, field: Any, **kwargs: Any) -> None:
        self.words = {str(k): str(v) for k, v in field.flatchoices}
        super().__init__(source=own_words(field) or field.name, **kwargs)

    def to_representation(self, value: Any) -> str:
        return self.words.get(str(value), str(value))


class Labels(serializers.ListField):
    """The words behind the codes of an array."""

    def __init__(self, field: Any, **kwargs: Any) -> None:
        self.words = {str(k): str(v) for k, v in field.base_field.flatchoices}
        super().__init__(source=field.name, child=serializers.CharField(), **kwargs)

    def to_representation(self, value: Any) -> list[str]:
        return [self.words.get(str(v), str(v)) for v in value or []]


class PlaceName(serializers.CharField):
    """A region code as its path of names; no query."""

    def to_representation(self, value: Any) -> str:
        return place_name(str(value)) if value else ""


class _Other(serializers.Field):
    """Another record that this one names."""

    def __init__(self, field: Any, *, is_private: bool = False, **kwargs: Any) -> None:
        self.target, self.is_private = field.name, is_private
        super().__init__(source="*", **kwargs)

    def is_visible(self, record: Any) -> bool:
        return record is not None and is_visible(record, self.context["request"].user)


@extend_schema_field({"type": "string", "format": "uuid", "nullable": True})
class OtherId(_Other):
    """Its id, only where it lies in the reader's scope."""

    def to_representation(self, instance: Any) -> str | None:
        record = getattr(instance, self.target)
        return str(record.pk) if self.is_visible(record) else None


@extend_schema_field({"type": "string"})
class OtherName(_Other):
    """Its name; a private one only where it lies in the reader's scope."""

    def to_representation(self, instance: Any) -> str:
        record = getattr(instance, self.target)
        if record is None or (self.is_private and not self.is_visible(record)):
            return ""
        return str(record)


@extend_schema_field({"type": "string"})
class HolderName(_Other):
    """An account is only its holder's name."""

    def to_representation(self, instance: Any) -> str:
        return str(getattr(instance, self.target) or "")


class RecordSerializer(serializers.ModelSerializer):
    """A model's fields as the pages show them, all read-only.

    ID numbers and phones are masked; a code comes with `<field>_label`, a region with
    `<field>_name`, another record with `<field>_name`.
    """

    # Other records whose very name stays inside their own scope.
    private: ClassVar[tuple[str, ...]] = ()

    def get_fields(self) -> dict[str, Any]:
        fields: dict[str, Any] = {}
        for name in self.Meta.fields:  # type: ignore[attr-defined]
            fields |= self._fields_of(self.Meta.model._meta.get_field(name))  # type: ignore[attr-defined]
        return fields

    def _fields_of(self, field: Any) -> dict[str, Any]:
        name = field.name
        described: dict[str, Any] = {"read_only": True, "label": str(field.verbose_name)}
        nullable = described | {"allow_null": bool(field.null)}
        if isinstance(field, EncryptedTextField):
            return {name: Masked(**described)}
        if isinstance(field, models.ForeignKey):
            return self._fields_of_key(field, described, nullable)
        if isinstance(field, ArrayField):
            codes = serializers.ListField(child=serializers.CharField(), **described)
            return {name: codes, f"{name}_label": Labels(field, read_only=True)}
        if field.choices:
            return {
                name: serializers.CharField(**nullable),
                f"{name}_label": Label(field, read_only=True),
            }
        if isinstance(field, EndField):
            return {name: LastDay(**nullable)}
        built = super().build_standard_field(name, field)
        return {name: built[0](**nullable, **_precision(built))}

    def _fields_of_key(self, field: Any, described: Any, nullable: Any) -> dict[str, Any]:
        name, target = field.name, field.remote_field.model
        if target is Region:
            return {
                name: serializers.CharField(source=field.attname, **nullable),
                f"{name}_name": PlaceName(source=field.attname, read_only=True),
            }
        if target is User:
            return {f"{name}_name": HolderName(field, **described)}
        return {
            name: OtherId(field, **described),
            f"{name}_name": OtherName(field, is_private=name in self.private, read_only=True),
        }


def _precision(built: Any) -> dict[str, Any]:
    """Digits of a decimal, which its serializer field insists on."""
    _, options = built
    return {k: v for k, v in options.items() if k in {"max_digits", "decimal_places"}}


def serializer_for(
    model_class: type[Any], *names: str, private: tuple[str, ...] = ()
) -> type[RecordSerializer]:
    """The serializer of a model with these fields, besides its id and times."""

    class Meta:
        model = model_class
        fields = ("id", *names, "created_at", "updated_at")

    return type(
        f"{model_class.__name__}Serializer", (RecordSerializer,), {"Meta": Meta, "private": private}
    )


def joined_by(serializer: type[RecordSerializer]) -> tuple[str, ...]:
    """Names of the other records that an answer tells, to be read with the row."""
    meta = serializer.Meta  # type: ignore[attr-defined]
    columns = {f.name: f for f in meta.model._meta.fields}
    return tuple(
        name
        for name in meta.fields
        if isinstance(columns.get(name), models.ForeignKey)
        and columns[name].remote_field.model is not Region
    )
