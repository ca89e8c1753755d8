"""A short run of the fuzzer; `make fuzz` runs a long one."""

import pytest

from tests.security import fuzz

MUTATIONS = 125


# Formats in which a checksum covers every byte.
CHECKED_WHOLE = ("checkpoint", "tar")


@pytest.mark.parametrize(
    "formats",
    [
        pytest.param((".keras", "folder"), id="archives"),
        pytest.param((".h5", ".json"), id="texts"),
        pytest.param(fuzz.FORMATS[2:4], id="weights"),
        pytest.param(fuzz.FORMATS[6:10], id="others"),
        pytest.param(fuzz.FORMATS[10:], id="other releases", marks=pytest.mark.conformance),
    ],
)
def test_damaged_files_load_or_raise_a_clear_error(formats):
    findings = []
    totals = fuzz.fuzz(MUTATIONS, 0, formats, report=lambda result, folder: findings.append(result))
    assert not findings
    for name, total in totals.items():
        assert total["refused"] and (total["loaded"] or name in CHECKED_WHOLE), name
