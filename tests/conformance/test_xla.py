"""Every layer under XLA: the numbers of the plain graph, or an error that names the layer and its
operation.
"""

import inspect

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tests.conformance.row import all_rows

# One row for each class.
ROWS = list({row.name: row for row in reversed(all_rows()) if row.function}.values())[::-1]
# What XLA cannot compile, and an operation that stands in its way.
CANNOT = {
    "HashedCrossing": "SparseCross",
    "Hashing": "StringToHashBucketFast",
    "IntegerLookup": "LookupTableFindV2",
    "StringLookup": "LookupTableFindV2",
    "TextVectorization": "StringLower|StringSplit|LookupTableFindV2",
}


# What it can compile while nothing is trained, and what it says of the layer in training.
CANNOT_TRAIN = {
    "RandomRotation": "ImageProjectiveTransformV3",
    "RandomTranslation": "ImageProjectiveTransformV3",
    "RandomZoom": "ImageProjectiveTransformV3",
    "RandomHeight": "compile-time constant",
    "RandomWidth": "compile-time constant",
}
# The code of ConvLSTM2D, whose backward pass takes XLA three seconds; and a kernel of TensorFlow
# without a gradient.
FORWARD_ONLY = {"ConvLSTM1D", "ConvLSTM3D", "RandomContrast"}


def train(row, jit_compile):
    """Outputs of a layer in training, and the gradients of its inputs and weights."""
    tfk.utils.set_random_seed(1)
    layer = row.make(tfk.layers)
    inputs = [tf.constant(array) for array in row.inputs()]
    row.run(layer, inputs)
    for number, weight in enumerate(layer.weights):
        if weight.dtype.is_floating:
            weight.assign(np.random.default_rng(number).uniform(0.1, 0.9, weight.shape))
    trains = "training" in inspect.signature(layer.call).parameters and row.name not in CANNOT_TRAIN
    watched = [number for number, x in enumerate(inputs) if x.dtype.is_floating]

    def step(*xs):
        with tf.GradientTape() as tape:
            tape.watch([xs[number] for number in watched])
            outputs = row.run(layer, list(xs), **({"training": True} if trains else {}))
            outputs = tf.nest.flatten(outputs, expand_composites=True)
            total = sum(tf.reduce_sum(tf.sin(y)) for y in outputs if y.dtype.is_floating)
        if row.name in FORWARD_ONLY or not row.gradients or not tf.is_tensor(total):
            return outputs
        sources = [*(xs[number] for number in watched), *layer.trainable_variables]
        gradients = tape.gradient(total, sources)
        return outputs + [
            tf.convert_to_tensor(gradient) for gradient in gradients if gradient is not None
        ]

    return (
        tf.function(step, autograph=False, jit_compile=True)(*inputs)
        if jit_compile
        else step(*inputs)
    )


@pytest.mark.parametrize("row", [row for row in ROWS if row.name not in CANNOT], ids=str)
def test_compiled_layers_give_the_same_numbers(row):
    for plain, compiled in zip(train(row, False), train(row, True), strict=True):
        np.testing.assert_allclose(compiled, plain, rtol=1e-4, atol=10 * row.tolerance)


@pytest.mark.parametrize("row", [row for row in ROWS if row.name in CANNOT], ids=str)
def test_layers_that_cannot_be_compiled_are_named(row):
    inputs = [
        tfk.Input(shape[1:], dtype=tf.constant(x).dtype)
        for shape, x in zip(row.shapes, row.inputs())
    ]
    layer = row.make(tfk.layers, name="in_the_way")
    model = tfk.Model(inputs, row.run(layer, inputs))
    model.compile(jit_compile=True)
    with pytest.raises(ValueError, match=f"'in_the_way'.*{CANNOT[row.name]}"):
        model.predict(row.inputs(), verbose=0)


@pytest.mark.parametrize("row", [row for row in ROWS if row.name in CANNOT_TRAIN], ids=str)
def test_layers_that_cannot_be_compiled_in_training_are_named(row):
    (images,) = row.inputs()
    model = tfk.Sequential(
        [
            tfk.Input(images.shape[1:]),
            row.make(tfk.layers, name="in_the_way"),
            tfk.layers.GlobalAveragePooling2D(),
            tfk.layers.Dense(1),
        ]
    )
    model.compile("sgd", "mse", jit_compile=True)
    with pytest.raises(ValueError, match=f"'in_the_way'.*{CANNOT_TRAIN[row.name]}"):
        model.fit(images, np.zeros(len(images)), verbose=0)
    assert model.predict(images, verbose=0).shape == (len(images), 1)
