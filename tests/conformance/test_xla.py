"""Every layer under XLA: the numbers of the plain graph, or an error that names the layer and its operation."""

import numpy as np
import pytest
import tensorflow as tf

import tfk
from tests.conformance.row import all_rows
from tfk.utils.jit_scope import xla_scope

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


def run(row, jit_compile):
    layer = row.make(tfk.layers)
    inputs = [tf.constant(array) for array in row.inputs()]
    row.run(layer, inputs)
    for number, weight in enumerate(layer.weights):
        if weight.dtype.is_floating:
            weight.assign(np.random.default_rng(number).uniform(0.1, 0.9, weight.shape))
    call = tf.function(lambda *xs: row.run(layer, list(xs)), autograph=False, jit_compile=jit_compile)
    with xla_scope(jit_compile):
        return tf.nest.flatten(call(*inputs), expand_composites=True)


@pytest.mark.parametrize("row", [row for row in ROWS if row.name not in CANNOT], ids=str)
def test_compiled_layers_give_the_same_numbers(row):
    for plain, compiled in zip(run(row, False), run(row, True), strict=True):
        np.testing.assert_allclose(compiled, plain, rtol=1e-4, atol=10 * row.tolerance)


@pytest.mark.parametrize("row", [row for row in ROWS if row.name in CANNOT], ids=str)
def test_layers_that_cannot_be_compiled_are_named(row):
    inputs = [tfk.Input(shape[1:], dtype=tf.constant(x).dtype) for shape, x in zip(row.shapes, row.inputs())]
    layer = row.make(tfk.layers, name="in_the_way")
    model = tfk.Model(inputs, row.run(layer, inputs))
    model.compile(jit_compile=True)
    with pytest.raises(ValueError, match=f"'in_the_way'.*{CANNOT[row.name]}"):
        model.predict(row.inputs(), verbose=0)
