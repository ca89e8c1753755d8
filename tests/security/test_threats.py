"""The tests that docs/security.md names exist."""

import pathlib
import re

ROOT = pathlib.Path(__file__).parents[2]
LINE = re.compile(r"^\| .+ \| `(?P<file>.+\.py)`: `(?P<test>\w+)` \|$", re.MULTILINE)


def test_every_threat_has_its_test():
    lines = LINE.findall((ROOT / "docs" / "security.md").read_text(encoding="utf8"))
    missing = [
        test
        for file, test in lines
        if f"\ndef {test}(" not in (ROOT / "tests" / file).read_text(encoding="utf8")
    ]
    assert len(lines) > 25 and missing == []
