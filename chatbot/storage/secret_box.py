"""Encryption of tokens at rest: Fernet with rotating keys (the first encrypts, all decrypt)."""

import base64
import binascii
import os
import secrets
from contextlib import suppress
from pathlib import Path

import msgspec
from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from chatbot.storage.durable import sync_folder
from chatbot.storage.port import SealedError, TokenRow

KEY_BYTES = 32


class SecretKeyError(Exception):
    """The key is not base64 of 32 bytes, or its file cannot be used."""


class SecretBox:
    """Seals and opens small values. `keys`: any base64 of 32 bytes, the newest first, separated by commas."""

    def __init__(self, keys: str) -> None:
        known = [Fernet(_fernet_key(part)) for part in keys.split(",") if part.strip()]
        if not known:
            raise SecretKeyError("the secret key is empty: set CHATBOT_SECRET_KEY, or restore or remove var/secret.key")
        self._fernet = MultiFernet(known)

    def seal(self, value: bytes) -> bytes:
        """Encrypt."""
        return self._fernet.encrypt(value)

    def open(self, sealed: bytes) -> bytes:
        """Decrypt. Raises SealedError when the key has changed."""
        try:
            return self._fernet.decrypt(sealed)
        except InvalidToken as error:
            sentence = (
                "stored tokens were sealed with another CHATBOT_SECRET_KEY; restore it or connect the channel again"
            )
            raise SealedError(sentence) from error

    def seal_token(self, row: TokenRow) -> bytes:
        """Encrypt a grant."""
        return self.seal(msgspec.json.encode(row))

    def open_token(self, sealed: bytes) -> TokenRow:
        """Decrypt a grant."""
        return msgspec.json.decode(self.open(sealed), type=TokenRow)


def _fernet_key(written: str) -> bytes:
    try:
        raw = base64.b64decode(written.strip().replace("-", "+").replace("_", "/") + "==", validate=False)
    except (binascii.Error, ValueError) as error:
        raise SecretKeyError("CHATBOT_SECRET_KEY must be base64 of 32 bytes") from error
    if len(raw) != KEY_BYTES:
        raise SecretKeyError(f"CHATBOT_SECRET_KEY must be base64 of 32 bytes, not of {len(raw)}")
    return base64.urlsafe_b64encode(raw)


def key_from_file(path: Path) -> str:
    """The key in the file, made there (readable by the owner only) if there is none.

    The file appears whole and on disk, or not at all: a process that dies while it makes it leaves no key that is half
    a key, and of several that start at once all take the same. Raises SecretKeyError.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            _make_key(path)
        return path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeError) as error:
        raise SecretKeyError(f"{path} cannot be used ({error}): set CHATBOT_SECRET_KEY, or mend the file") from error


def _make_key(path: Path) -> None:
    made = base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as file:
        file.write(made)
        file.flush()
        os.fsync(file.fileno())
    with suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()
    sync_folder(path.parent)
