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


def test_a_key_file_that_cannot_be_used_is_a_sentence(tmp_path: Path) -> None:
    folder, bytes_ = tmp_path / "secret.key", tmp_path / "other.key"
    folder.mkdir()
    bytes_.write_bytes(b"\xff\xfe")
    for path in (folder, bytes_, Path("/proc/none/secret.key")):
        with pytest.raises(SecretKeyError, match=path.name):
            key_from_file(path)
