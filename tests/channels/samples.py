"""The payload files: every sample is input of a test."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent.parent / "payloads"
NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)


@cache
def samples(name: str) -> tuple[Mapping[str, Any], ...]:
    """All samples of `<name>-payloads.json`."""
    return tuple(json.loads((FOLDER / f"{name}-payloads.json").read_text(encoding="utf-8")))


def raw_of(sample: Mapping[str, Any]) -> bytes:
    """The bytes of a sample: as signed where it says so, else compact JSON."""
    signature = sample.get("signature") or {}
    text = sample.get("raw_body") or signature.get("raw_body") or json.dumps(sample["body"], ensure_ascii=False)
    return str(text).encode()


def title(sample: Mapping[str, Any]) -> str:
    """A readable test id."""
    return f"{sample['event']}-{str(sample.get('note', ''))[:30]}".replace(" ", "_")
