"""Content that was replaced is freed, though it was set apart from the garbage collector's rounds."""

import gc
from weakref import ref

from chatbot.serve import heap


class _Content:
    """Holds itself, as content with memories of its own methods does."""

    def __init__(self) -> None:
        self.remembers = self.__init__  # type: ignore[misc]


def test_replaced_content_is_freed_and_what_stays_is_set_apart_again() -> None:
    content = _Content()
    seen = ref(content)
    try:
        heap.set_apart()
        del content
        gc.collect()
        assert seen() is not None, "the collector does not look there"
        heap.let_go_of_the_old()
        assert seen() is None
        assert gc.get_freeze_count()
    finally:
        gc.unfreeze()
        gc.collect()


def test_a_process_that_set_nothing_apart_goes_on_as_before() -> None:
    heap.let_go_of_the_old()
    assert not gc.get_freeze_count()
