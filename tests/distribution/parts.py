"""Programs that write what comes out of each part of their work to a file, and tests that wait for
the part they need.
"""

import json
import os
import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).parents[2]
SECONDS = 200  # after which a part is not waited for any longer


def write(folder, part, result):
    """Writes the result of one part, so that it is there as a whole or not at all."""
    path = os.path.join(folder, f"{part}.json")
    with open(f"{path}.part", "w") as file:
        json.dump(result, file)
    os.replace(f"{path}.part", path)


class Parts:
    """What a program that is running writes, by part.

    Args:
        folder: Where it writes; a path.
        start: Function that starts processes, given options of `subprocess.Popen`, and returns
            them, the one that writes first.
    """

    def __init__(self, folder, start):
        self.folder, self.log = folder, folder / "log"
        with open(self.log, "w") as log:
            self.processes = start(stdout=log, stderr=subprocess.STDOUT)

    @classmethod
    def of_script(cls, folder, script):
        """Those of one process that runs `script FOLDER` without a GPU."""
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "CUDA_VISIBLE_DEVICES": "-1"}
        command = [sys.executable, script, folder]
        return cls(
            folder, lambda **options: [subprocess.Popen(command, env=environment, **options)]
        )

    def __getitem__(self, part):
        path, end = self.folder / f"{part}.json", time.monotonic() + SECONDS
        while not path.exists():
            over = self.processes[0].poll() is not None or time.monotonic() > end
            assert not over or path.exists(), f"no part {part!r}:\n{self.log.read_text()[-3000:]}"
            time.sleep(0.05)
        return json.loads(path.read_text())

    def stop(self):
        """Ends all processes."""
        for process in self.processes:
            process.kill()
            process.wait()
