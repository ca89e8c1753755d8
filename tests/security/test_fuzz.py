"""A short run of the fuzzer; `make fuzz` runs a long one."""

import pytest

from tests.security import fuzz

MUTATIONS = 125


@pytest.mark.parametrize(
    "formats",
    [
        (".keras", "folder"),
        (".h5", ".json"),
        fuzz.FORMATS[2:4],
        fuzz.FORMATS[6:10],
        fuzz.FORMATS[10:],
    ],
    ids=["archives", "texts", "weights", "others", "other releases"],
)
def test_damaged_files_load_or_raise_a_clear_error(formats):
    findings = []
    totals = fuzz.fuzz(MUTATIONS, 0, formats, report=lambda result, folder: findings.append(result))
    assert not findings
    for name, total in totals.items():
        assert total["refused"] and (total["loaded"] or name == "checkpoint"), name
