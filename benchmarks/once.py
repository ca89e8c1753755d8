"""What is measured in a process of its own: start-up, import, memory. Run as `python -m
benchmarks.once ...`.
"""

import json
import resource
import sys
import time


def first_step(keras_name, network):
    """CPU seconds of building and of the first trained step."""
    import numpy as np
    import tensorflow  # noqa: F401  loaded by every contestant, so not part of the time

    keras = __import__(keras_name)
    from benchmarks import workloads

    build, shape, classes = {
        "resnet50": (workloads.resnet50, (2, 64, 64, 3), 1000),
        "mnist": (workloads.mnist_conv, (128, 28, 28, 1), 10),
    }[network]
    images = np.random.default_rng(0).random(shape, dtype="float32")
    labels = np.arange(len(images)) % classes
    start = time.process_time()
    model = build(keras)
    model.fit(images, labels, batch_size=len(images), verbose=0)
    return {"cpu": time.process_time() - start}


def importing(keras_name):
    """Seconds of importing the library and with it TensorFlow."""
    wall, cpu = time.perf_counter(), time.process_time()
    __import__(keras_name)
    return {"wall": time.perf_counter() - wall, "cpu": time.process_time() - cpu}


def importing_after(keras_name):
    """Seconds of importing the library once TensorFlow is there."""
    import tensorflow  # noqa: F401

    return importing(keras_name)


def memory(keras_name):
    """Peak memory in megabytes of training one epoch on 500 MB of NumPy."""
    import numpy as np

    keras = __import__(keras_name)
    x = np.ones((125_000, 1000), "float32")
    y = np.ones((125_000, 1), "float32")
    model = keras.Sequential([keras.layers.Dense(4, activation="relu"), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(x, y, batch_size=1024, verbose=0)
    return {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


if __name__ == "__main__":
    measurements = {
        each.__name__: each for each in (first_step, importing, importing_after, memory)
    }
    print(json.dumps(measurements[sys.argv[1]](*sys.argv[2:])))
