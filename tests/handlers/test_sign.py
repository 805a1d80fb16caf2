"""Signs of danger: a search that is spared must be one that would have found nothing."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handlers import danger
from handlers.sign import Sign, shows, sign


def _signs() -> Iterator[tuple[str, Sign]]:
    for name, held in vars(danger).items():
        if isinstance(held, Sign):
            yield name, held
        if isinstance(held, tuple):
            yield from ((f"{name}[{place}]", one) for place, one in enumerate(held) if isinstance(one, Sign))


SIGNS = dict(_signs())


@pytest.mark.parametrize("name", SIGNS)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_what_a_pattern_matches_holds_one_of_its_pieces(name: str, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(SIGNS[name].pattern))
    assert any(piece in text for piece in SIGNS[name].pieces)


def test_a_sign_is_looked_for_by_its_pattern_where_a_piece_stands() -> None:
    lost = sign(("lua",), r"\bbi lua\b")
    assert lost.stands_in("toi bi lua roi")
    assert not lost.stands_in("toi lua chon")
    assert not lost.stands_in("xin chao")


def test_one_sign_of_several_is_enough() -> None:
    signs = (sign(("lua",), r"\bbi lua\b"), sign(("mat",), r"\bmat tien\b"))
    assert shows(signs, "em mat tien roi")
    assert not shows(signs, "em mat the")
