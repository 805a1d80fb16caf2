"""Speaking to people as they speak of themselves."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chatbot.dialogue import pronoun
from chatbot.dialogue.pronoun import address, detect


@pytest.mark.parametrize(
    ("text", "pronoun"),
    [
        ("bác quên mật khẩu rồi", "bác"),
        ("Cháu ơi cho bác hỏi", "bác"),
        ("cho co hoi chut", "cô"),
        ("bac khong vao duoc", "bác"),
        ("chú muốn hỏi về lương hưu", "chú"),
        ("giúp bà với", "bà"),
        ("ông không vào được", "ông"),
        ("bà ngoại em quên mật khẩu", ""),
        ("bác sĩ bảo sao", ""),
        ("cô giáo mầm non nghỉ hưu", ""),
        ("ba toi quen mat khau", ""),
        ("ông mất năm ngoái", ""),
        ("bà bầu nghỉ việc", ""),
        ("co duoc khong", ""),
        ("tôi quên mật khẩu", ""),
        ("ông bị tai biến làm sao lãnh lương hưu", ""),
        ("bà hưởng lương hưu, nay mất thì con được gì", ""),
        ("ông mới mất", ""),
        ("cô không trả sổ cho em", ""),
        ("cháu hỏi giúp ông", ""),
        ("ong bi tai bien", ""),
        ("ông muốn hỏi lương hưu", "ông"),
        ("ong quen mat khau roi", "ông"),
        ("em ơi bác quên mật khẩu", "bác"),
    ],
)
def test_detect(text: str, pronoun: str) -> None:
    assert detect(text) == pronoun


@pytest.mark.parametrize(
    ("pronoun", "spoken"),
    [
        ("bác", "Dạ, cháu chào bác. Bác cho trẻ em xem email, cháu đợi ạ."),
        ("cô", "Dạ, em chào cô. Cô cho trẻ em xem email, em đợi ạ."),
        ("", "Dạ, em chào anh/chị. Anh/chị cho trẻ em xem email, em đợi ạ."),
        ("sếp", "Dạ, em chào anh/chị. Anh/chị cho trẻ em xem email, em đợi ạ."),
    ],
)
def test_address(pronoun: str, spoken: str) -> None:
    assert address("Dạ, em chào anh/chị. Anh/chị cho trẻ em xem email, em đợi ạ.", pronoun) == spoken


@pytest.mark.parametrize("pattern", [*pronoun._PATTERNS, *pronoun._PLAIN_PATTERNS])
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_tells_a_pronoun_holds_one_as_a_word(pattern: re.Pattern[str], data: st.DataObject) -> None:
    text = data.draw(st.from_regex(pattern))
    assert not pronoun._SAID.isdisjoint(pronoun._WORD.findall(text))
