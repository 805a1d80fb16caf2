"""Zalo's OAuth v4 (reference, section 7): single-use refresh tokens, access tokens that die at a refresh."""

import base64
import hashlib
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

ACCESS_LIFE: Final = timedelta(hours=25)
REFRESH_LIFE: Final = timedelta(days=90)
BAD_REFRESH_TOKEN: Final = -14014
BAD_CODE: Final = -14010
BAD_SECRET: Final = -14004


@dataclass(slots=True)
class ZaloGrant:
    """The OA's consent: one living access token and one living refresh token."""

    app_id: str
    app_secret: str
    now: Callable[[], datetime]
    access_token: str = ""
    refresh_token: str = field(default_factory=lambda: secrets.token_urlsafe(48))
    access_until: datetime | None = None
    refresh_until: datetime | None = None
    spent: set[str] = field(default_factory=set)
    codes: dict[str, str] = field(default_factory=dict)
    """Consent codes and their PKCE challenges."""

    def accepts(self, token: str) -> bool:
        """Is this the living access token?"""
        alive = self.access_until is not None and self.now() < self.access_until
        return bool(token) and token == self.access_token and alive

    def issue(self) -> dict[str, str]:
        """A new pair; the old access token dies now. `expires_in` is a string of seconds, as Zalo sends it."""
        self.access_token = secrets.token_urlsafe(48)
        self.refresh_token = secrets.token_urlsafe(48)
        self.access_until = self.now() + ACCESS_LIFE
        self.refresh_until = self.now() + REFRESH_LIFE
        return {
            "access_token": self.access_token,
            "refresh_token": self.refresh_token,
            "expires_in": str(int(ACCESS_LIFE.total_seconds())),
        }

    def expire_access(self) -> None:
        """The access token is dead from now on (an earlier end than 25 hours)."""
        self.access_until = self.now()

    def consent(self, challenge: str = "") -> str:
        """An administrator agreed: a single-use code for `grant_type=authorization_code`."""
        code = secrets.token_urlsafe(24)
        self.codes[code] = challenge
        return code

    def answer(self, form: Mapping[str, Any], secret: str) -> dict[str, Any]:
        """Answer `POST /v4/oa/access_token`."""
        if form.get("app_id") != self.app_id:
            return _error(-14003, "Invalid app id", "app_id is unknown")
        if secret != self.app_secret:
            return _error(BAD_SECRET, "Invalid secret key", "the secret_key header is not the app's")
        if form.get("grant_type") == "refresh_token":
            return self._refresh(str(form.get("refresh_token", "")))
        if form.get("grant_type") == "authorization_code":
            return self._exchange(str(form.get("code", "")), str(form.get("code_verifier", "")))
        return _error(-14001, "Invalid grant type", "grant_type is unknown")

    def _refresh(self, token: str) -> dict[str, Any]:
        dead = self.refresh_until is not None and self.now() >= self.refresh_until
        if token in self.spent or token != self.refresh_token or dead:
            return _error(BAD_REFRESH_TOKEN, "Invalid refresh token.", "the refresh token was used or has expired")
        self.spent.add(token)
        return dict(self.issue())

    def _exchange(self, code: str, verifier: str) -> dict[str, Any]:
        challenge = self.codes.pop(code, None)
        if challenge is None:
            return _error(BAD_CODE, "Invalid code", "the code was used or has expired")
        proof = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if challenge and challenge != proof:
            return _error(BAD_CODE, "Invalid code verifier", "the verifier does not fit the challenge")
        return dict(self.issue())


def _error(code: int, name: str, reason: str) -> dict[str, Any]:
    page = "https://developers.zalo.me/docs/social-api/tham-khao/ma-loi"
    return {"error": code, "error_name": name, "error_reason": reason, "error_description": name, "ref_doc": page}
