"""Scripts and notebooks of Keras 2 under `tfk run`."""

import json
import os
import subprocess
import sys

import pytest

import tfk
from tfk.cli.notebook import plain_python, read_notebook

SCRIPT = """
import sys
from tensorflow import keras
import helper

if __name__ == "__main__":
    found = keras.layers.Dense.__module__, sys.argv[1:], helper.VALUE
    print(*found, __file__.endswith("program.py"))
"""


def write(path, text):
    path.write_text(text)
    return path


def test_script(tfk_command, tmp_path):
    folder = tmp_path / "elsewhere"
    folder.mkdir()
    write(
        folder / "helper.py",
        "from keras.utils.np_utils import to_categorical\nVALUE = to_categorical([1], 2)[0, 1]\n",
    )
    write(folder / "program.py", SCRIPT)
    code, out, err = tfk_command("run", "elsewhere/program.py", "--epochs", "3", "-h")
    assert (code, err) == (0, "")
    assert out == f"{tfk.layers.Dense.__module__} ['--epochs', '3', '-h'] 1.0 True\n"
    assert "helper" in sys.modules and sys.modules.pop("helper")


def test_state_of_the_process_is_put_back(tfk_command, tmp_path):
    before = (
        sys.modules["__main__"],
        list(sys.argv),
        list(sys.path),
        os.getcwd(),
        list(sys.meta_path),
    )
    write(tmp_path / "p.py", "import sys, os; sys.path.append('x'); os.chdir('/')")
    tfk_command("run", "p.py")
    assert (sys.modules["__main__"], sys.argv, sys.path, os.getcwd(), sys.meta_path) == before


@pytest.mark.parametrize(
    "text, code, out, err",
    [
        ("raise SystemExit(7)", 7, "", ""),
        ("import sys; sys.exit()", 0, "", ""),
        ("import sys; sys.exit('enough')", 1, "", "enough\n"),
    ],
)
def test_exit_codes(tfk_command, tmp_path, text, code, out, err):
    write(tmp_path / "p.py", text)
    assert tfk_command("run", "p.py") == (code, out, err)


def test_errors_show_the_program_alone(tfk_command, tmp_path):
    write(tmp_path / "p.py", "def f():\n    return 1 / 0\n\nf()\n")
    code, _, err = tfk_command("run", "p.py")
    assert code == 1 and err.count("File ") == 2 and "return 1 / 0" in err and "tfk/cli" not in err
    write(tmp_path / "p.py", "def f(:\n")
    code, _, err = tfk_command("run", "p.py")
    assert code == 1 and "SyntaxError" in err and "tfk/cli" not in err
    write(tmp_path / "p.py", "from keras.layers import CuDNNLSTM")
    assert "tfk has no keras.layers.CuDNNLSTM" in tfk_command("run", "p.py")[2]
    assert tfk_command("run", "missing.py") == (
        1,
        "",
        "tfk run: error: there is no file missing.py\n",
    )


@pytest.mark.parametrize(
    "line, advice",
    [
        ("model.fit(x, x, nb_epoch=2)", "Instead of nb_epoch write epochs."),
        ("keras.layers.Dense(output_dim=2, input_dim=3)", "Instead of output_dim write units."),
        (
            "keras.layers.Dense(\n  2,\n  init='uniform')",
            "Instead of init write kernel_initializer.",
        ),
        (
            "model.predict_classes(x)",
            "Instead of predict_classes write np.argmax(model.predict(x), axis=-1)",
        ),
        ("tf.Session()", "Instead of Session write nothing: TensorFlow 2 needs no session."),
    ],
)
def test_advice_for_old_spellings(tfk_command, tmp_path, line, advice):
    start = "import keras, tensorflow as tf\nmodel, x = keras.Sequential(), None\n"
    write(tmp_path / "p.py", start + line)
    code, _, err = tfk_command("run", "p.py")
    assert code == 1 and err.count(advice) == 1


def test_no_advice_where_spellings_are_right(tfk_command, tmp_path):
    write(
        tmp_path / "p.py", "from keras.layers import Embedding\nEmbedding(4, 2) + sum(1, start=2)"
    )
    assert "Instead of" not in tfk_command("run", "p.py")[2]


def notebook(*cells, **metadata):
    cells = [
        {
            "cell_type": "code",
            "source": cell.splitlines(keepends=True),
            "outputs": [],
            "metadata": {},
        }
        for cell in cells
    ]
    markdown = {"cell_type": "markdown", "source": ["# Title"], "metadata": {}}
    return json.dumps(
        {"cells": [markdown, *cells], "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}
    )


def test_notebook(tfk_command, tmp_path):
    folder = tmp_path / "course"
    folder.mkdir()
    write(folder / "data.txt", "5")
    write(
        folder / "lesson.ipynb",
        notebook(
            "%matplotlib inline\n!pip install keras\nfrom tensorflow import"
            " keras\nkeras.backend.epsilon()",
            "%%time\nwith open('data.txt') as file: value = int(file.read())\nvalue;",
            "%%bash\nrm -rf everything",
            "if value:\n    %time value += 1\nvalue",
        ),
    )
    code, out, err = tfk_command("run", "course/lesson.ipynb")
    assert (code, out) == (0, "1e-07\n6\n")
    assert err.splitlines() == [
        "lesson.ipynb[1]: left out: %matplotlib inline",
        "lesson.ipynb[1]: left out: !pip install keras",
        "lesson.ipynb[2]: left out: %%time",
        "lesson.ipynb[3]: left out: the cell under %%bash",
    ]


def test_notebook_stops_at_the_first_error(tfk_command, tmp_path):
    write(tmp_path / "n.ipynb", notebook("1 + 1", "x = 1\nx.missing", "print('never')"))
    code, out, err = tfk_command("run", "n.ipynb")
    assert (code, out) == (1, "2\n")
    assert 'File "n.ipynb[2]", line 2' in err and "x.missing" in err


def test_figures(tfk_command, tmp_path, monkeypatch):
    pytest.importorskip("matplotlib")
    monkeypatch.setenv("MPLBACKEND", "Agg")
    plot = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()"
    write(tmp_path / "n.ipynb", notebook(plot, f"{plot}\nplt.plot([3, 4])"))
    write(tmp_path / "p.py", plot)
    tfk_command("run", "--figures", "plots", "n.ipynb")
    tfk_command("run", "--figures", "plots", "p.py")
    assert sorted(os.listdir(tmp_path / "plots")) == [
        "cell01_figure1.png",
        "cell02_figure1.png",
        "cell02_figure2.png",
        "figure1.png",
    ]


@pytest.mark.parametrize(
    "source, expected",
    [
        ("x = (5\n  % 3)", "x = (5\n  % 3)"),  # ordinary Python
        ("text = '''\n%s\n!'''", "text = '''\n%s\n!'''"),
        ("%load_ext tensorboard\nx = 1", "pass\nx = 1"),
        ("for i in a:\n    !echo {i}", "for i in a:\n    pass"),
        ("files = !ls\nx = 1", "pass\nx = 1"),
        ("?print", "pass"),
        ("keras.Model?", "pass"),
        ("%%capture out\nx = 1", "pass\nx = 1"),
        ("%%writefile a.py\nx = 1", ""),
        ("%%", ""),
        ("%time x = 1", "x = 1"),
    ],
)
def test_magics(source, expected):
    assert plain_python(source, "cell", note=lambda text: None) == expected


def test_old_and_broken_notebooks(tfk_command, tmp_path):
    old = {
        "worksheets": [{"cells": [{"cell_type": "code", "input": ["x = 1\n", "x"]}]}],
        "metadata": {},
    }
    path = write(tmp_path / "old.ipynb", json.dumps(old))
    assert [cell.source for cell in read_notebook(path)] == ["x = 1\nx"]
    write(tmp_path / "r.ipynb", notebook("x <- 1", kernelspec={"language": "R"}))
    assert "is a notebook in R" in tfk_command("run", "r.ipynb")[2]
    for content in ("", "[]", "{}", '{"cells": [{}]}', "\ufeff"):
        write(tmp_path / "bad.ipynb", content)
        assert "is not a notebook" in tfk_command("run", "bad.ipynb")[2]


SPAWNING = """
import numpy as np
from tensorflow import keras


class Batches(keras.utils.Sequence):
    def __len__(self):
        return 2

    def __getitem__(self, index):
        kind = keras.layers.Dense.__module__
        assert kind.startswith("tfk."), kind
        return np.full((2, 1), index, "float32"), np.zeros((2, 1))


if __name__ == "__main__":
    model = keras.Sequential([keras.layers.Dense(1, input_shape=(1,))])
    model.compile("sgd", "mse")
    model.fit(Batches(), workers=1, use_multiprocessing=True, verbose=0)
    print("trained")
"""


def test_spawned_workers_get_tfk_too(tmp_path):
    write(tmp_path / "p.py", SPAWNING)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-m", "tfk", "run", "p.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env=environment,
        timeout=120,
    )
    assert (done.returncode, done.stdout) == (0, "trained\n"), done.stderr
    assert "threads are used" not in done.stderr


@pytest.mark.parametrize(("name", "command"), [("a.json", "tfk train"), ("a.keras", "tfk summary")])
def test_files_of_other_commands_are_not_run(tfk_command, tmp_path, name, command):
    (tmp_path / name).write_text("raise SystemExit(5)")
    code, _, err = tfk_command("run", name)
    assert code == 1 and f"{name} is not a program" in err and command in err
