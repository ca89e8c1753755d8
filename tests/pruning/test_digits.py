"""Pruning and 8-bit weights on real data: what they cost and what they save."""

import tfk
from tfk.datasets import digits
from tfk.pruning import MagnitudePruning, PolynomialDecay, sparsity, strip
from tfk.quantization import quantize

EPOCHS, BATCH = 10, 32


def test_four_weights_of_five_and_three_bytes_of_four_can_go():
    (x, y), (x_test, y_test) = digits.load_data()
    model = tfk.Sequential(
        [
            tfk.Input((8, 8)),
            tfk.layers.Rescaling(1 / 16),
            tfk.layers.Flatten(),
            tfk.layers.Dense(256, activation="relu"),
            tfk.layers.Dense(256, activation="relu"),
            tfk.layers.Dense(10, activation="softmax"),
        ]
    )
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x, y, batch_size=BATCH, epochs=EPOCHS, verbose=0)
    before, whole = model.evaluate(x_test, y_test, verbose=0)[1], quantize(model, None)
    steps = EPOCHS * len(x) // BATCH
    pruning = MagnitudePruning(
        PolynomialDecay(0.0, 0.8, begin_step=0, end_step=steps // 2), frequency=20
    )
    model.fit(x, y, batch_size=BATCH, epochs=EPOCHS, verbose=0, callbacks=[pruning])
    strip(model)
    small = quantize(model, "int8", representative_data=x[:100])
    assert round(sparsity(model), 3) == 0.8
    assert before > 0.93
    assert model.evaluate(x_test, y_test, verbose=0)[1] > before - 0.01
    assert small.evaluate(x_test, y_test) > before - 0.015
    assert small.size < 0.3 * whole.size
