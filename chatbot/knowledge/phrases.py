"""Every sentence that is not policy, by key; a missing key is an error of ours and shows at once."""

from collections.abc import Mapping


class PhraseError(LookupError):
    """A key or a slot that phrases.vi.yaml does not have."""


class Phrases:
    """The sentences of phrases.vi.yaml."""

    def __init__(self, phrases: Mapping[str, str | list[str]]) -> None:
        self._phrases = {key: (text,) if isinstance(text, str) else tuple(text) for key, text in phrases.items()}

    def __contains__(self, key: object) -> bool:
        return key in self._phrases

    def keys(self) -> tuple[str, ...]:
        """All keys, for the content check."""
        return tuple(self._phrases)

    def say(self, key: str, variant: int = 0, **slots: object) -> str:
        """The sentence with its slots filled. Variants turn round; slots are `{name}`. Raises PhraseError."""
        try:
            variants = self._phrases[key]
            return variants[variant % len(variants)].format(**slots)
        except (KeyError, IndexError) as error:
            raise PhraseError(f"phrases.vi.yaml: '{key}' needs {error}") from error
        except ValueError as error:
            raise PhraseError(f"phrases.vi.yaml: '{key}' has a brace without its pair") from error

    def variants(self, key: str) -> tuple[str, ...]:
        """All variants of a sentence. Raises PhraseError."""
        try:
            return self._phrases[key]
        except KeyError as error:
            raise PhraseError(f"phrases.vi.yaml has no '{key}'") from error
