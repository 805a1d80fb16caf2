"""Zalo Official Account: plain SHA-256 signatures, one event a request, single-use refresh tokens."""
