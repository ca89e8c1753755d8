"""Report versions and devices, and what is missing for which part."""

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tempfile

import tensorflow as tf

import tfk
from tfk.utils.files import cache_folder
from tfk_cli import without_start_up_lines

DETAILS = """\
[ok] works, [--] is optional and missing, [!!] does not work. The exit code is 1 if
anything has [!!]."""

OK, MISSING, BROKEN = "ok", "--", "!!"
# Packages that parts of tfk use when they are there: name, module, what for, how to install.
OPTIONAL = (
    (
        "tensorboard",
        "tensorboard",
        "viewing the logs of the TensorBoard callback",
        "pip install 'tfk[tensorboard]'",
    ),
    ("pydot", "pydot", "plot_model", "pip install pydot"),
    ("matplotlib", "matplotlib", "figures of the examples", "pip install matplotlib"),
    ("scipy", "scipy", "rotations and shifts of ImageDataGenerator", "pip install scipy"),
    ("pandas", "pandas", "flow_from_dataframe", "pip install pandas"),
    ("scikit-learn", "sklearn", "wrappers for scikit-learn", "pip install scikit-learn"),
)


def add_arguments(parser):
    """No options."""


def execute(args):
    results = [result for check in CHECKS for result in check()]
    for mark, text in results:
        print(f"[{mark}] {text}")
    return int(any(mark == BROKEN for mark, _ in results))


def _versions():
    yield OK, f"tfk {tfk.__version__} in {os.path.dirname(tfk.__file__)}"
    supported = (3, 10) <= sys.version_info[:2] <= (3, 13)
    yield (
        OK if supported else BROKEN,
        f"Python {platform.python_version()} (3.10 to 3.13) on {platform.platform()}",
    )
    supported = (2, 16) <= tuple(map(int, tf.__version__.split(".")[:2])) <= (2, 21)
    yield (
        OK if supported else BROKEN,
        f"TensorFlow {tf.__version__} (2.16 to 2.21, tested with 2.21)",
    )


def _devices():
    yield OK, f"CPU: {os.cpu_count()} cores"
    build = tf.sysconfig.get_build_info()
    gpus = tf.config.list_physical_devices("GPU")
    for gpu in gpus:
        name = tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name)
        yield OK, f"GPU: {name}"
    if gpus:
        yield OK, f"CUDA {build.get('cuda_version', '?')}, cuDNN {build.get('cudnn_version', '?')}"
        yield _trial("cuDNN kernels of LSTM", _run_lstm)
    elif build.get("is_cuda_build"):
        yield MISSING, "GPU: none found; with an NVIDIA card: pip install 'tensorflow[and-cuda]'"
    else:
        yield MISSING, "GPU: this TensorFlow is built without CUDA"
    yield _trial("training step", _run_step)
    yield _trial("XLA (jit_compile=True)", _run_xla)
    yield _onednn()


def _onednn():
    if os.environ.get("TF_ENABLE_ONEDNN_OPTS") == "0":
        return (
            MISSING,
            "oneDNN: switched off by TF_ENABLE_ONEDNN_OPTS=0; convolutions on the CPU are slower",
        )
    if platform.machine().lower() not in ("x86_64", "amd64"):
        return (
            MISSING,
            f"oneDNN: not on by default on {platform.machine()}; TF_ENABLE_ONEDNN_OPTS=1 tries it",
        )
    return OK, "oneDNN: on; TF_ENABLE_ONEDNN_OPTS=0 switches it off"


def _trial(name, function):
    try:
        function()
    except Exception as error:
        return (
            BROKEN,
            f"{name}: {type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}",
        )
    return OK, name


def _run_step():
    model = tfk.Sequential([tfk.layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    model.fit(tf.ones((4, 2)), tf.ones((4, 1)), verbose=0)


def _run_xla():
    with without_start_up_lines():
        tf.function(lambda x: tf.reduce_sum(x * x), jit_compile=True)(tf.ones(3))


def _run_lstm():
    tfk.layers.LSTM(4)(tf.ones((2, 3, 4)))


def _optional_parts():
    for name, module, purpose, how in OPTIONAL:
        if importlib.util.find_spec(module) is not None:
            yield OK, f"{name}: {purpose}"
        else:
            yield MISSING, f"{name} (for {purpose}): {how}"
    dot = shutil.which("dot")
    if dot is None:
        yield MISSING, "Graphviz (for plot_model): apt-get install graphviz, brew install graphviz"
    else:
        finished = subprocess.run([dot, "-V"], capture_output=True, text=True, timeout=20)
        yield (
            OK if finished.returncode == 0 else BROKEN,
            f"Graphviz: {finished.stderr.strip() or dot}",
        )


def _folders():
    folder = cache_folder()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        yield (
            BROKEN,
            (
                f"data sets in {folder}: cannot write ({error.strerror}); set KERAS_HOME to a"
                " folder of yours"
            ),
        )
        return
    free = shutil.disk_usage(folder).free / 2**30
    yield OK, f"data sets in {folder}: {len(os.listdir(folder))} entries, {free:.1f} GB free"


CHECKS = (_versions, _devices, _optional_parts, _folders)
