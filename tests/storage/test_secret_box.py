"""The key that is made at the first start: whole, on disk, and the same for all."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from chatbot.storage.secret_box import SecretBox, SecretKeyError, key_from_file


def test_processes_that_start_at_once_take_the_same_key(tmp_path: Path) -> None:
    for number in range(20):
        path = tmp_path / str(number) / "secret.key"
        with ThreadPoolExecutor(8) as threads:
            keys = set(threads.map(key_from_file, [path] * 8))
        assert len(keys) == 1
        assert SecretBox(keys.pop()).seal(b"x")
        assert [one.name for one in path.parent.iterdir()] == ["secret.key"]
        assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("keys", ["", " ", ",", "\n"])
def test_an_empty_key_is_refused_with_what_to_do(keys: str) -> None:
    with pytest.raises(SecretKeyError, match="empty"):
        SecretBox(keys)
