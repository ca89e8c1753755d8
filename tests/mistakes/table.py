"""Writes docs/errors.md: typical mistakes in tfk and tf_keras, side by side.

python -m tests.mistakes.table           runs each library in one process and writes the page
python -m tests.mistakes.table LIBRARY   prints the outcomes of one library as JSON
"""

import importlib
import json
import os
import pathlib
import subprocess
import sys

from tests.mistakes.outcomes import COLUMNS, LAST, run
from tests.mistakes.programs import PROGRAMS

ROOT = pathlib.Path(__file__).parents[2]
LIBRARIES = ("tfk", "tf_keras")
HEAD = f"""# Typical mistakes and their errors

What {len(PROGRAMS)} typical mistakes print, in tfk and in tf_keras 2.21.
`python -m tests.mistakes.table` runs them all and writes this page;
`tests/mistakes/test_mistakes.py` keeps it true for tfk.

- **Lines**: in a terminal of {COLUMNS} columns. A dash means that the mistake goes unnoticed.
- **Cause** and **cure**: whether the last {LAST} lines name what is wrong, and what to write
  instead.

Errors show the frames of your program alone. `TFK_FULL_TRACEBACKS=1` or
`tf.debugging.disable_traceback_filtering()` shows those of the library too.
"""


def outcomes(name):
    """The outcomes of one library: lines, cause and cure by program."""
    library, found = importlib.import_module(name), {}
    for mistake in PROGRAMS:
        outcome = run(mistake, library)
        found[mistake.run.__name__] = {
            "lines": outcome.lines,
            "cause": outcome.names_cause,
            "cure": outcome.names_cure,
        }
    return found


def outcomes_of_process(name):
    """The same, from a process of its own."""
    command = [sys.executable, "-m", "tests.mistakes.table", name]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def cells(outcome):
    """The columns of one library."""
    if not outcome["lines"]:
        return ["-"] * 3
    return [
        str(outcome["lines"]),
        *("yes" if outcome[what] else "no" for what in ("cause", "cure")),
    ]


def page(by_library):
    """The text of docs/errors.md."""
    lines = [HEAD]
    counts = [
        sum(
            by_library[name][key]["cause"] and by_library[name][key]["cure"]
            for key in by_library[name]
        )
        for name in LIBRARIES
    ]
    lines.append(
        f"Cause and cure are in sight after {counts[0]} mistakes in tfk, {counts[1]} in tf_keras.\n"
    )
    topic = None
    for mistake in PROGRAMS:
        if mistake.topic != topic:
            topic = mistake.topic
            lines += [
                f"\n## {topic}\n",
                "| mistake | tfk: lines | cause | cure | tf_keras: lines | cause | cure |",
                "|---|---|---|---|---|---|---|",
            ]
        columns = [
            cell for name in LIBRARIES for cell in cells(by_library[name][mistake.run.__name__])
        ]
        lines.append(f"| {mistake.title} | {' | '.join(columns)} |")
    return "\n".join(lines) + "\n"


def main():
    """Print the outcomes of one library, or write the page."""
    if sys.argv[1:]:
        print(json.dumps(outcomes(sys.argv[1])))
        return
    text = page({name: outcomes_of_process(name) for name in LIBRARIES})
    (ROOT / "docs" / "errors.md").write_text(text, encoding="utf8")


if __name__ == "__main__":
    main()
