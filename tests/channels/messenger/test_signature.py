"""The signature cases of the payload file."""

from collections.abc import Mapping
from typing import Any

import pytest

from chatbot.channels.base import SignatureRefusedError
from chatbot.channels.messenger import signature
from tests.channels.samples import raw_of, samples, title

CASES = [sample for sample in samples("messenger") if "signature_valid" in sample]


@pytest.mark.parametrize("sample", CASES, ids=title)
def test_every_case_behaves_as_marked(sample: Mapping[str, Any]) -> None:
    headers = {"X-Hub-Signature-256": sample["x_hub_signature_256"]} if sample["x_hub_signature_256"] else {}
    assert len(raw_of(sample)) == sample["raw_body_bytes"]
    if sample["signature_valid"]:
        signature.verify(raw_of(sample), headers, ["old-secret", sample["app_secret"]])
        return
    with pytest.raises(SignatureRefusedError):
        signature.verify(raw_of(sample), headers, ["old-secret", sample["app_secret"]])


def test_there_are_cases_of_both_kinds() -> None:
    assert {sample["signature_valid"] for sample in CASES} == {True, False}
