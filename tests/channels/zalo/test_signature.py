"""The signature cases of the payload file, and the rule about the app."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from chatbot.channels.base import SignatureRefusedError
from chatbot.channels.zalo import signature
from tests.channels.samples import raw_of, samples, title

APP = "1234567890"
CASES = [sample for sample in samples("zalo-oa") if "signature" in sample]
FORGED = [(case, name) for case in CASES for name in case["signature"]["must_reject"]]


@pytest.mark.parametrize("sample", CASES, ids=title)
def test_a_genuine_request_is_accepted_with_and_without_prefix(sample: Mapping[str, Any]) -> None:
    told = sample["signature"]
    for value in (told["header_value"], told["header_value"].removeprefix("mac="), told["header_value"].upper()):
        signature.verify(
            raw_of(sample), {told["header_name"]: value.replace("MAC=", "mac=")}, APP, ["old", "test-oa-secret"]
        )


@pytest.mark.parametrize(("sample", "name"), FORGED, ids=[f"{title(case)}-{name}" for case, name in FORGED])
def test_a_forged_request_is_refused(sample: Mapping[str, Any], name: str) -> None:
    headers = {"X-ZEvent-Signature": sample["signature"]["must_reject"][name]}
    with pytest.raises(SignatureRefusedError):
        signature.verify(raw_of(sample), headers, APP, ["test-oa-secret"])


def signed(body: Mapping[str, Any], app: str, timestamp: str) -> tuple[bytes, dict[str, str]]:
    """A body and its header, signed with "key"."""
    raw = json.dumps(body).encode()
    return raw, {"x-zevent-signature": signature.digest(app, raw, timestamp, "key")}


def test_an_event_of_another_app_is_refused_even_if_well_signed() -> None:
    raw, headers = signed({"app_id": "9999999999", "timestamp": "1"}, APP, "1")
    with pytest.raises(SignatureRefusedError, match="another app"):
        signature.verify(raw, headers, APP, ["key"])


@pytest.mark.parametrize("timestamp", [None, True, 1.5, [1], {}, ""])
def test_a_body_without_a_timestamp_is_refused(timestamp: object) -> None:
    raw, headers = signed({"app_id": APP, "timestamp": timestamp}, APP, "")
    with pytest.raises(SignatureRefusedError, match="timestamp"):
        signature.verify(raw, headers, APP, ["key"])


def test_an_empty_key_opens_nothing() -> None:
    raw = b'{"app_id": "1234567890", "timestamp": "1"}'
    with pytest.raises(SignatureRefusedError):
        signature.verify(raw, {signature.HEADER: signature.digest(APP, raw, "1", "")}, APP, [""])
