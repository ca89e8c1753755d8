"""Main module of the processes spawned by a program under `tfk run`.

`multiprocessing` imports the main module again in a spawned process. For a program under `tfk run`
that is this file: it installs tfk's imports first and then runs the script's top level.
"""

import os
import pathlib

from tfk.cli.program import SCRIPT, Cell, execute_code
from tfk.install import install

if __name__ == "__mp_main__":
    install()
    _script = pathlib.Path(os.environ[SCRIPT])
    __file__ = str(_script)
    execute_code(Cell(_script.read_text("utf-8-sig"), __file__), globals())
