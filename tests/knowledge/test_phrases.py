"""Sentences by key."""

import pytest

from chatbot.knowledge.phrases import PhraseError, Phrases

PHRASES = Phrases({"a.one": "Chào {name}", "a.two": ["Một", "Hai"], "a.broken": "Chào {name"})


def test_slots_and_variants() -> None:
    """Variants turn round."""
    assert PHRASES.say("a.one", name="cô") == "Chào cô"
    assert [PHRASES.say("a.two", number) for number in range(3)] == ["Một", "Hai", "Một"]
    assert PHRASES.variants("a.two") == ("Một", "Hai")
    assert PHRASES.keys() == ("a.one", "a.two", "a.broken")
    assert "a.one" in PHRASES


@pytest.mark.parametrize("key", ["a.three", "a.one", "a.broken"])
def test_missing_key_or_slot_is_an_error_of_ours(key: str) -> None:
    """It shows at once, with the key."""
    with pytest.raises(PhraseError, match=key):
        PHRASES.say(key)


def test_variants_of_a_missing_key() -> None:
    """The same for variants."""
    with pytest.raises(PhraseError, match=r"a\.three"):
        PHRASES.variants("a.three")
