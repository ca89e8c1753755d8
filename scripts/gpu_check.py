"""Checks on a machine with a GPU what the tests cannot: `python scripts/gpu_check.py`.

Compares what the GPU computes with the CPU: cuDNN's LSTM and GRU (outputs, gradients, masks),
convolutions with channels first, mixed precision with loss scaling, data kept in the memory of the
GPU, XLA, and MirroredStrategy on one GPU and on several (one GPU is split in two for this). Then it
times two rows of the benchmarks side by side with tf_keras. It takes less than four minutes.

Without a GPU the same checks run on the CPU, which only shows that this file works. The exit code
is 1 if a check fails.
"""

import argparse
import os
import pathlib
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

import numpy as np
import tensorflow as tf

import tfk
from tfk import layers

RNG = np.random.default_rng(0)
# TF32, the default of recent GPUs, has 10 bits of mantissa; it is switched off for comparisons.
CLOSE = {"rtol": 2e-3, "atol": 2e-4}
ROWS = ("MNIST conv", "IMDB dense")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--no-rows", action="store_true", help="leave out the benchmarks")
    options = parser.parse_args()
    kind, devices = prepare_devices()
    print(f"tfk {tfk.__version__}, TensorFlow {tf.__version__}, {len(devices)} {kind} device(s)")
    failed = 0
    for check in CHECKS:
        began = time.perf_counter()
        try:
            mark, said = "ok", check(devices)
        except Exception as error:
            failed += 1
            mark, said = "!!", f"{type(error).__name__}: {str(error).strip()[:600]}"
        seconds = time.perf_counter() - began
        print(f"[{mark}] {check.__doc__.rstrip('.')}: {said} ({seconds:.1f} s)", flush=True)
    if not options.no_rows:
        print_rows()
    return int(failed > 0)


def prepare_devices():
    """Return "GPU" or "CPU", and the names of at least two logical devices of this kind.

    A single device is split in two, which has to happen before TensorFlow uses it.
    """
    tf.config.experimental.enable_tensor_float_32_execution(False)
    kind = "GPU" if tf.config.list_physical_devices("GPU") else "CPU"
    physical = tf.config.list_physical_devices(kind)
    if len(physical) == 1:
        memory = {"memory_limit": 4096} if kind == "GPU" else {}
        half = tf.config.LogicalDeviceConfiguration(**memory)
        tf.config.set_logical_device_configuration(physical[0], [half, half])
    return kind, [device.name for device in tf.config.list_logical_devices(kind)]


def compare(found, expected):
    """Assert that two nests of arrays are close, and return their largest difference as text."""
    pairs = list(zip(tf.nest.flatten(found), tf.nest.flatten(expected), strict=True))
    for one, other in pairs:
        np.testing.assert_allclose(one, other, **CLOSE)
    largest = max(np.max(np.abs(np.subtract(one, other)), initial=0.0) for one, other in pairs)
    return f"largest difference {largest:.1e}"


def outputs_and_gradients(model, x, training):
    """Return the outputs of a model and the gradients of their squares."""
    with tf.GradientTape() as tape:
        y = model(x, training=training)
        loss = tf.reduce_mean(tf.square(y))
    gradients = tape.gradient(loss, model.trainable_variables)
    return [y.numpy(), *(tf.convert_to_tensor(gradient).numpy() for gradient in gradients)]


def on_both(build, x, devices, training=True):
    """Compare a model with the same weights on the first device and on the CPU."""
    results = []
    for device in ("CPU:0", devices[0]):
        with tf.device(device):
            model = build()
            model(x[:1])
            weights = [
                np.random.default_rng(i).normal(0, 0.3, w.shape)
                for i, w in enumerate(model.weights)
            ]
            model.set_weights(weights)
            results.append(outputs_and_gradients(model, tf.constant(x), training))
    return compare(results[1], results[0])


# Checks -------------------------------------------------------------------------------------------


def recurrent(devices):
    """LSTM and GRU, in training and inference, with and without a mask."""
    x = RNG.normal(size=(8, 12, 5)).astype("float32")
    masked = x.copy()
    masked[::2, 7:] = 0
    said = []
    for layer in (layers.LSTM, layers.GRU):
        for data, training in ((x, True), (x, False), (masked, True)):

            def build(layer=layer, masks=data is masked):
                before = [layers.Masking()] if masks else []
                return tfk.Sequential([*before, layer(16, return_sequences=True), layer(7)])

            said.append(on_both(build, data, devices, training))
    return max(said, key=lambda text: float(text.split()[-1]))


def bidirectional(devices):
    """Bidirectional LSTM over rows of different lengths."""
    x = RNG.integers(1, 50, (8, 12))
    x[::3, 9:] = 0

    def build():
        return tfk.Sequential(
            [layers.Embedding(50, 6, mask_zero=True), layers.Bidirectional(layers.LSTM(9))]
        )

    return on_both(build, x, devices)


def channels_first(devices):
    """Convolution, pooling and batch normalization with channels first."""
    x = RNG.normal(size=(4, 3, 16, 16)).astype("float32")

    def build():
        return tfk.Sequential(
            [
                layers.Conv2D(8, 3, padding="same", data_format="channels_first"),
                layers.BatchNormalization(axis=1, fused=True),
                layers.MaxPooling2D(data_format="channels_first"),
                layers.GlobalAveragePooling2D(data_format="channels_first"),
            ]
        )

    with tf.device(devices[0]):
        model = build()
        model(x)
        moved = tfk.Sequential(
            [
                layers.Conv2D(8, 3, padding="same"),
                layers.BatchNormalization(),
                layers.MaxPooling2D(),
                layers.GlobalAveragePooling2D(),
            ]
        )
        channels_last = np.moveaxis(x, 1, -1)
        moved(channels_last)
        moved.set_weights(model.get_weights())
        return compare(
            outputs_and_gradients(model, x, True), outputs_and_gradients(moved, channels_last, True)
        )


def small_problem(classes=4):
    """Return images of noise with a bright quarter, and which quarter it is."""
    labels = RNG.integers(0, classes, 512)
    images = RNG.normal(0, 0.3, (512, 8, 8, 1)).astype("float32")
    for image, label in zip(images, labels):
        row, column = divmod(label, 2)
        image[4 * row : 4 * row + 4, 4 * column : 4 * column + 4] += 1
    return images, labels


def network(**compiled):
    """Return a small convolutional network for `small_problem`, the same one each time."""
    tfk.utils.set_random_seed(1)
    model = tfk.Sequential(
        [
            layers.Input((8, 8, 1)),
            layers.Conv2D(16, 3, activation="relu"),
            layers.Flatten(),
            layers.Dense(4, activation="softmax", dtype="float32"),
        ]
    )
    arguments = {"optimizer": tfk.optimizers.SGD(0.1), "metrics": ["accuracy"], **compiled}
    model.compile(loss="sparse_categorical_crossentropy", **arguments)
    return model


def losses_of(**compiled):
    """Return the losses of three epochs of `network`."""
    images, labels = PROBLEM
    return (
        network(**compiled)
        .fit(images, labels, batch_size=64, epochs=3, shuffle=False, verbose=0)
        .history["loss"]
    )


def mixed_precision(devices):
    """Mixed precision learns, and the loss scale halves after an overflow."""
    tfk.mixed_precision.set_global_policy("mixed_float16")
    try:
        with tf.device(devices[0]):
            losses = losses_of()
            model = network()
            optimizer = model.optimizer
            before = float(optimizer.loss_scale)
            images, labels = PROBLEM
            model.train_on_batch(np.full_like(images[:64], 6e4), labels[:64])
            after = float(optimizer.loss_scale)
    finally:
        tfk.mixed_precision.set_global_policy("float32")
    assert losses[-1] < losses[0], losses
    assert after == before / 2, (before, after)
    return f"loss {losses[0]:.3f} to {losses[-1]:.3f}, scale {before:g} to {after:g}"


def resident_data(devices):
    """Training on arrays equals training on the same batches from tf.data."""
    images, labels = PROBLEM
    with tf.device(devices[0]):
        from_arrays = losses_of()
        batches = tf.data.Dataset.from_tensor_slices((images, labels)).batch(64)
        streamed = network().fit(batches, epochs=3, verbose=0).history["loss"]
    return compare(from_arrays, streamed)


def xla(devices):
    """XLA gives the losses of the plain steps."""
    with tf.device(devices[0]):
        return compare(losses_of(jit_compile=True), losses_of(jit_compile=False))


def mirrored(devices):
    """MirroredStrategy on one device, and on all, gives the losses of one."""
    expected = losses_of()
    said = []
    for chosen in (devices[:1], devices):
        # Reduction on the host also works for the halves of one GPU, which NCCL does not support.
        strategy = tf.distribute.MirroredStrategy(
            chosen, cross_device_ops=tf.distribute.ReductionToOneDevice()
        )
        with strategy.scope():
            said.append(f"{len(chosen)}: {compare(losses_of(), expected)}")
    return ", ".join(said)


PROBLEM = small_problem()
CHECKS = (
    recurrent,
    bidirectional,
    channels_first,
    mixed_precision,
    resident_data,
    xla,
    mirrored,
)


def print_rows():
    """Print rows of the benchmarks, if tf_keras is installed."""
    try:
        import tf_keras  # noqa: F401
    except ModuleNotFoundError:
        print("no rows of the benchmarks: pip install tf_keras")
        return
    from benchmarks.__main__ import fits

    print(f"\n{'microseconds per step':32}{'tfk':>12}{'tf_keras':>12}{'by hand':>12}")
    for row in ROWS:
        fits(argparse.Namespace(only=row, rounds=1))


if __name__ == "__main__":
    sys.exit(main())
