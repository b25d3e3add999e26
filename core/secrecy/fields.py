"""Model fields for values that must not stand in the database in clear."""

from typing import TYPE_CHECKING, Any

from django.core.exceptions import FieldError
from django.db import models

from core.secrecy.crypto import blind_index, decrypt, encrypt
from core.secrecy.identity import mask_id_number, mask_phone


class EncryptedTextField(models.BinaryField):
    """Text in Python, SM4-GCM ciphertext (bytea) in the database.

    `purpose` names the value in its authentication tag. Look-ups are refused: search by
    the BlindIndexField beside it.
    """

    description = "encrypted text"
    if TYPE_CHECKING:
        # What a record's attribute holds, for the type checker.
        _pyi_private_set_type: str
        _pyi_private_get_type: str  # type: ignore[assignment]

    def __init__(self, *args: Any, purpose: str, **kwargs: Any) -> None:
        self.purpose = purpose
        kwargs.setdefault("editable", True)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs["purpose"] = self.purpose
        return name, path, list(args), kwargs

    def get_default(self) -> str:
        return ""

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str:
        return decrypt(bytes(value), purpose=self.purpose) if value else ""

    def to_python(self, value: Any) -> str:
        return "" if value is None else str(value)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, str):
            value = encrypt(value, purpose=self.purpose) if value else b""
        return super().get_db_prep_value(value, connection, prepared)

    def get_lookup(self, lookup_name: str) -> Any:
        raise FieldError(f"{self.name} is encrypted; search by its blind index")

    def masked(self, value: str) -> str:
        """As much of a value as may be told to who knows it or has to tell two apart."""
        return mask_phone(value) if self.purpose == "phone" else mask_id_number(value)

    def formfield(self, **kwargs: Any) -> Any:
        return models.Field.formfield(self, **kwargs)


class BlindIndexField(models.BinaryField):
    """HMAC-SM3 of another field's value, computed whenever the row is saved.

    NULL where the source is empty, so that a unique index ignores it.
    """

    description = "blind index"

    def __init__(self, *args: Any, source: str, purpose: str, **kwargs: Any) -> None:
        self.source, self.purpose = source, purpose
        kwargs.setdefault("null", True)
        kwargs.setdefault("max_length", 32)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs |= {"source": self.source, "purpose": self.purpose}
        return name, path, list(args), kwargs

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes | None:
        value = getattr(model_instance, self.source)
        index = blind_index(value, purpose=self.purpose) if value else None
        setattr(model_instance, self.attname, index)
        return index
