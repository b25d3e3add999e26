"""The scope choke point: which rows a user may see, in one place.

A region's code is its own path (52, 5201, 520102, 520102016), so a user's scope is one
prefix match on the code that a model names as its region. Every door reads through
`Model.objects.for_user(user)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from core.accounts.models import User

# Length of a code -> level: 52 province, 5201 prefecture, 520102 county, 520102016 township.
LEVEL_OF_LENGTH = {2: 1, 4: 2, 6: 3, 9: 4, 12: 5}


class OutOfScope(PermissionDenied):
    """A save that would put the record where the one who saves it cannot see it."""


def in_scope(code: str | None, user: Any) -> bool:
    """Whether a region code lies in the user's region (itself included)."""
    return bool(code) and bool(user.region_id) and str(code).startswith(user.region_id)


class ScopedQuerySet(models.QuerySet[Any]):
    def for_user(self, user: User | Any) -> Self:
        """The rows in the user's scope; none for anonymous, disabled or scopeless users.

        Administrators and social workers have no region of records: their scope is empty
        here; a worker reaches the own record through Person.user.
        """
        if not getattr(user, "is_active", False) or not getattr(user, "has_record_scope", False):
            return self.none()
        return self.filter(self.model.scope_condition(user.region_id))

    def in_region(self, code: str) -> Self:
        """The rows of a region and everything below it."""
        return self.filter(self.model.scope_condition(code))


class ScopedModel(models.Model):
    """A model whose rows belong to a region.

    `scope_field` is the path to the region foreign key ("region", "person__region").
    `scope_columns` names generated columns that hold the code cut to a level, where an
    equality on them is faster than a prefix: {2: "prefecture", 3: "county"}.
    """

    scope_field: ClassVar[str] = "region"
    scope_columns: ClassVar[dict[int, str]] = {}
    # Foreign keys that follow when a region is abolished (core.regions.successions).
    succession_fields: ClassVar[tuple[str, ...]] = ()
    # Whether figures of earlier days ask where the record lay before a succession.
    remembers_moves: ClassVar[bool] = False

    objects = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True

    @classmethod
    def scope_condition(cls, code: str) -> Q:
        """The condition that a row lies in the region `code` or below it."""
        level = LEVEL_OF_LENGTH.get(len(code))
        if code == settings.PROVINCE_CODE:
            return cls.whole_province()
        if level in cls.scope_columns:
            return Q(**{cls.scope_columns[level]: code})
        return Q(**{f"{cls.scope_field}__code__startswith": code})

    @classmethod
    def whole_province(cls) -> Q:
        """The province sees every row, those without a region (未定位) included."""
        return Q()

    def scope_code(self) -> str | None:
        """The region code of this row, following `scope_field`."""
        value: Any = self
        *path, last = self.scope_field.split("__")
        for name in path:
            value = getattr(value, name)
        return getattr(value, f"{last}_id")


def ensure_visible(record: ScopedModel, user: Any) -> None:
    """Raise OutOfScope unless the saved record is visible to who saved it.

    Call inside the transaction of the save, so that raising undoes it.
    """
    if not type(record).objects.for_user(user).filter(pk=record.pk).exists():
        raise OutOfScope("保存后这条记录将不在您的辖区内，请改选本辖区的地区。")


def scope_choices(queryset: models.QuerySet[Any], user: Any) -> models.QuerySet[Any]:
    """A queryset of choices narrowed to what the user may choose.

    Regions and every scoped model narrow themselves; other models (code tables) pass.
    """
    for_user = getattr(queryset, "for_user", None)
    return for_user(user) if for_user else queryset
