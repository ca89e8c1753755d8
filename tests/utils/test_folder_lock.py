"""Locks of folders."""

import threading

import pytest

from tfk.utils.folder_lock import folder_lock


@pytest.mark.parametrize("held", [False, True], ids=["held alone", "held shared"])
@pytest.mark.parametrize("wanted", [False, True], ids=["wanted alone", "wanted shared"])
def test_only_readers_hold_it_together(held, wanted, tmp_path):
    entered = threading.Event()

    def enter():
        with folder_lock(tmp_path, shared=wanted):
            entered.set()

    other = threading.Thread(target=enter)
    with folder_lock(tmp_path, shared=held):
        other.start()
        # Those who must wait cannot enter, however long this waits.
        assert entered.wait(60 if held and wanted else 0.05) == (held and wanted)
    other.join(60)
    assert entered.is_set()


def test_folders_that_cannot_be_locked_are_no_error(tmp_path):
    with folder_lock(tmp_path / "missing"):
        pass
