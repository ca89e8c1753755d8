"""Fuzzer of everything that reads files from others.

    python -m tests.security.fuzz --mutations 20000 --seed 0 [--formats .keras,.h5]

Damages good files of every format and loads them in child processes with limits of memory and time.
A load must succeed or raise a clear error. Findings are printed, with the damaged file kept in
`--keep FOLDER`; the exit code is 1 if there are any.
"""

import argparse
import contextlib
import json
import pathlib
import queue
import subprocess
import sys
import tempfile
import threading

SECONDS = 10.0  # processor time of one load
PATIENCE = 120.0  # wall-clock time of one load on a busy machine
FORMATS = (
    ".keras", ".h5", ".weights.h5", "_weights.h5", ".json", "folder", "checkpoint", "backup",
    "zip", "tar", "keras 2 folder", "keras 3 file",
)  # fmt: skip


class Child:
    """A process that loads damaged files; see `tests/security/fuzz_worker.py`."""

    def __init__(self, folder, seed):
        command = [sys.executable, "-m", "tests.security.fuzz_worker", folder, str(seed)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, bufsize=1, cwd=pathlib.Path(__file__).parents[2],
        )  # fmt: skip
        self.lines = queue.Queue()
        self.errors = []
        self.readers = [
            threading.Thread(target=read, daemon=True) for read in (self._read, self._read_errors)
        ]
        for thread in self.readers:
            thread.start()

    def _read(self):
        for line in self.process.stdout:
            if line.startswith("{"):
                self.lines.put(json.loads(line))
        self.lines.put(None)

    def _read_errors(self):
        for line in self.process.stderr:
            self.errors[:] = [*self.errors[-20:], line]

    def ask(self, format, number):
        """The result of one mutation, or a finding if the process ends or does not answer."""
        try:
            self.process.stdin.write(f"{number} {format}\n")
            self.process.stdin.flush()
            answer = self.lines.get(timeout=PATIENCE)
        except queue.Empty:
            self.process.kill()
            return {"finding": f"no answer within {PATIENCE} s"}
        except BrokenPipeError:
            answer = None
        if answer is None:
            code = self.process.wait()
            return {"finding": f"the process ended with {code}: {''.join(self.errors)[-1500:]}"}
        return answer

    @property
    def is_alive(self):
        return self.process.poll() is None

    def close(self):
        self.process.kill()
        self.process.wait()
        for thread in self.readers:
            thread.join()
        for pipe in (self.process.stdout, self.process.stderr):
            pipe.close()
        with contextlib.suppress(BrokenPipeError):  # what `ask` could not write
            self.process.stdin.close()


def fuzz(mutations, seed=0, formats=FORMATS, first=0, report=None):
    """Runs mutations, spread over the formats.

    Args:
        mutations: How many.
        seed: Decides, with the number of each mutation, what it is.
        formats: Names out of `FORMATS`.
        first: Number of the first mutation of each format.
        report: Called with each result that is a finding.

    Returns: Dict from format to counts of `loaded`, `refused` and `findings`, and the largest
        `seconds` and `megabytes` of a load.
    """
    totals = {
        name: {"loaded": 0, "refused": 0, "findings": 0, "seconds": 0.0, "megabytes": 0}
        for name in formats
    }
    child = None
    with tempfile.TemporaryDirectory() as folder:
        try:
            for index in range(mutations):
                name, number = formats[index % len(formats)], first + index // len(formats)
                if child is None or not child.is_alive:
                    child = Child(folder, seed)
                result = child.ask(name, number)
                if not child.is_alive or "the process ended" in result.get("finding", ""):
                    child.close()
                    child = None
                total = totals[name]
                for key in ("seconds", "megabytes"):
                    total[key] = max(total[key], result.get(key, 0))
                if result.get("seconds", 0) > SECONDS:
                    result.setdefault("finding", f"took {result['seconds']:.1f} s")
                if "finding" in result:
                    total["findings"] += 1
                    if report is not None:
                        report({"format": name, "number": number, **result}, folder)
                else:
                    total["loaded" if result["loaded"] else "refused"] += 1
        finally:
            if child is not None:
                child.close()
    return totals


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mutations", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, default=0, help="number of the first mutation")
    parser.add_argument("--formats", default=",".join(FORMATS))
    args = parser.parse_args()

    def report(result, folder):
        print(json.dumps(result)[:3000], flush=True)

    totals = fuzz(args.mutations, args.seed, tuple(args.formats.split(",")), args.first, report)
    for name, total in totals.items():
        print(f"{name:12}", *(f"{key} {value:.6g}" for key, value in total.items()))
    return int(any(total["findings"] for total in totals.values()))


if __name__ == "__main__":
    sys.exit(main())
