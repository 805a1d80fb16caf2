"""What a text mentions: the looks that spare most texts the search for addresses and numbers."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatbot.knowledge import mentions as module
from chatbot.knowledge.mentions import Mention, Subject, mentions
from chatbot.privacy.shadow import shadow


@pytest.mark.parametrize("pattern", module._ADDRESSES)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_every_address_has_a_joint(pattern: re.Pattern[str], data: st.DataObject) -> None:
    assert module._may_hold_address(shadow(data.draw(st.from_regex(pattern))))


@pytest.mark.parametrize(
    "written",
    [
        "baohiemxahoi.gov.vn",
        "bảo hiểm xã hội chấm gov chấm vn",
        "BAO HIEM XA HOI CHAM GOV CHAM VN",
        "baohiemxahoi[.]gov[.]vn",
        "baohiemxahoi(dot)gov(dot)vn",
        "baohiemxahoi\uff0egov\uff0evn",
        "baohiemxahoi\u3002gov\u3002vn",
        "baohiemxahoi\u2024gov\u2024vn",
        "baohiemxahoi\xb7gov\xb7vn",
    ],
)
def test_a_joint_may_be_written_in_many_ways(written: str) -> None:
    found = [(one.subject, one.written.casefold()) for one in mentions(written)]
    assert found == [(Subject.SITE, "baohiemxahoi.gov.vn")]


@pytest.mark.parametrize("written", ["1900 9068", "１９００９０６８", "một chín không không chín không sáu tám"])
def test_a_number_may_be_written_in_digits_or_in_words(written: str) -> None:
    assert mentions(written) == [Mention(Subject.PHONE, "19009068")]


@pytest.mark.parametrize("written", ["nghỉ thai sản được mấy tháng", "một hai ba bốn", ""])
def test_an_ordinary_question_mentions_nothing(written: str) -> None:
    assert mentions(written) == []
