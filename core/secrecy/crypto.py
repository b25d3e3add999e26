"""Encryption of ID numbers and phones, and their blind indexes.

SM4-GCM (GB/T 32907) for the values, HMAC-SM3 (GB/T 32905) for exact search and
uniqueness, both by the operating system's crypto library. Every ciphertext carries its
algorithm and key id, so that keys rotate while old rows stay readable. A certified
crypto module replaces `SM4Provider` and nothing else.
"""

import hmac
import os
from functools import lru_cache
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

NONCE_BYTES = 12
TAG_BYTES = 16
HEADER_BYTES = 2


class DecryptionError(Exception):
    """A stored value that no configured key opens. Never answered with a blank."""


class Provider(Protocol):
    """Encrypts and decrypts one value; `algorithm` is the id stored with it."""

    algorithm: int

    def encrypt(self, key: bytes, clear: bytes, aad: bytes) -> bytes: ...

    def decrypt(self, key: bytes, box: bytes, aad: bytes) -> bytes: ...


@lru_cache(maxsize=16)
def _sm4(key: bytes) -> algorithms.SM4:
    return algorithms.SM4(key)


class SM4Provider:
    algorithm = 1

    def encrypt(self, key: bytes, clear: bytes, aad: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        encryptor = Cipher(_sm4(key), modes.GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(aad)
        return nonce + encryptor.update(clear) + encryptor.finalize() + encryptor.tag

    def decrypt(self, key: bytes, box: bytes, aad: bytes) -> bytes:
        nonce, body, tag = box[:NONCE_BYTES], box[NONCE_BYTES:-TAG_BYTES], box[-TAG_BYTES:]
        decryptor = Cipher(_sm4(key), modes.GCM(nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(aad)
        return decryptor.update(body) + decryptor.finalize()


PROVIDERS: dict[int, Provider] = {SM4Provider.algorithm: SM4Provider()}
CURRENT = SM4Provider.algorithm


def parse_keys(text: str) -> dict[int, bytes]:
    """Key ids (1-255) and 128-bit keys from "1:hex,2:hex"; the first one is current.

    Raises ImproperlyConfigured when the text is malformed.
    """
    keys: dict[int, bytes] = {}
    try:
        for part in filter(None, (p.strip() for p in text.split(","))):
            key_id, _, value = part.partition(":")
            keys[int(key_id.removeprefix("k"))] = bytes.fromhex(value)
    except ValueError as error:
        raise ImproperlyConfigured(f"FIELD_KEYS is not 'id:hex,id:hex': {error}") from None
    if any(len(key) != 16 or not 0 < key_id < 256 for key_id, key in keys.items()):
        raise ImproperlyConfigured("FIELD_KEYS needs 128-bit keys with ids from 1 to 255")
    return keys


@lru_cache(maxsize=1)
def _keys(text: str) -> dict[int, bytes]:
    keys = parse_keys(text)
    if not keys:
        raise ImproperlyConfigured("FIELD_KEYS is empty")
    return keys


@lru_cache(maxsize=1)
def parse_index_key(text: str) -> bytes:
    """The 256-bit key of the indexes. Raises ImproperlyConfigured when it is malformed."""
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != 32:
        raise ImproperlyConfigured("BLIND_INDEX_KEY needs 256 bits in hex")
    return key


def encrypt(clear: str, *, purpose: str) -> bytes:
    """Ciphertext of a text: algorithm, key id, nonce, body, tag.

    `purpose` ("id_number", "phone") is authenticated with it, so that a value copied to
    another column does not decrypt.
    """
    return encrypt_bytes(clear.encode(), purpose=purpose)


def decrypt(box: bytes, *, purpose: str) -> str:
    """The text of a ciphertext. Raises DecryptionError when no key opens it."""
    return decrypt_bytes(box, purpose=purpose).decode()


def encrypt_bytes(clear: bytes, *, purpose: str) -> bytes:
    """Ciphertext of a file, in the same form as that of a text."""
    keys = _keys(settings.FIELD_KEYS)
    key_id = next(iter(keys))
    box = PROVIDERS[CURRENT].encrypt(keys[key_id], clear, purpose.encode())
    return bytes((CURRENT, key_id)) + box


def decrypt_bytes(box: bytes, *, purpose: str) -> bytes:
    """The bytes of a ciphertext. Raises DecryptionError when no key opens it."""
    if len(box) < HEADER_BYTES + NONCE_BYTES + TAG_BYTES:
        raise DecryptionError(f"this {purpose} is cut short")
    algorithm, key_id = box[0], box[1]
    try:
        key = _keys(settings.FIELD_KEYS)[key_id]
        return PROVIDERS[algorithm].decrypt(key, box[HEADER_BYTES:], purpose.encode())
    except (KeyError, InvalidTag, IndexError) as error:
        raise DecryptionError(f"no key opens this {purpose} (key id {key_id})") from error


def blind_index(value: str, *, purpose: str) -> bytes:
    """32-byte HMAC-SM3 of a cleaned value: equal values of one purpose, equal indexes."""
    message = f"{purpose}\0{value}".encode()
    return hmac.digest(parse_index_key(settings.BLIND_INDEX_KEY), message, "sm3")


def sign(message: bytes) -> bytes:
    """32-byte HMAC-SM3 over a message, for chains and seals rather than for searching."""
    return hmac.digest(parse_index_key(settings.BLIND_INDEX_KEY), b"seal\0" + message, "sm3")
