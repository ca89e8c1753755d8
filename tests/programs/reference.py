"""Runs programs under tf_keras, one after another, in a process of its own.

Reads lines of JSON, `[script, output file]`, and answers each with a line: null, or the error.
"""

import json
import os
import sys
import traceback

os.environ["TF_USE_LEGACY_KERAS"] = "1"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("MPLBACKEND", "Agg")

import runpy

import tf_keras

sys.modules["keras"] = tf_keras  # Keras 2 as it was installed under this name


def main():
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin:
        script, output = json.loads(line)
        tf_keras.backend.clear_session()
        sys.argv = [script, output]
        error = None
        try:
            runpy.run_path(script, run_name="__main__")
        except Exception:
            error = traceback.format_exc()
        print(json.dumps(error), file=answers, flush=True)


if __name__ == "__main__":
    main()
