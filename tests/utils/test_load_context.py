"""The state of a load, by thread."""

import threading

import pytest

from tfk.utils.load_context import changed, context


def test_changes_end_with_their_block_also_by_an_error():
    with changed(copying=True, safe_mode=False):
        with pytest.raises(KeyError), changed(safe_mode=True, shared={}):
            assert (context.copying, context.safe_mode, context.shared) == (True, True, {})
            raise KeyError
        assert (context.copying, context.safe_mode, context.shared) == (True, False, None)
    assert (context.copying, context.safe_mode) == (False, None)


def test_other_threads_see_nothing_of_it():
    seen = []
    with changed(copying=True):
        thread = threading.Thread(target=lambda: seen.append(context.copying))
        thread.start()
        thread.join()
    assert seen == [False]
