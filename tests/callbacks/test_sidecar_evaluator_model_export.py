"""SidecarEvaluatorModelExport: which evaluations are saved, and under which names."""

import numpy as np

import tfk


def test_only_better_models_are_saved_under_the_number_of_the_checkpoint(tmp_path):
    model = tfk.Sequential([tfk.layers.Dense(1, kernel_initializer="ones", input_shape=(1,))])
    model.compile("sgd", "mse")
    export = tfk.callbacks.SidecarEvaluatorModelExport(
        tmp_path / "best-{epoch:02d}.weights.h5",
        str(tmp_path / "ckpt-{epoch:02d}"),
        save_freq="eval",
        save_weights_only=True,
        monitor="loss",
        mode="min",
    )
    for number, target in ((1, 3.0), (2, 2.0), (3, 5.0)):
        model.save_weights(tmp_path / f"ckpt-{number:02d}")
        x = np.ones((2, 1))
        model.evaluate(x, x * target, verbose=0, callbacks=[export])
    assert sorted(path.name for path in tmp_path.glob("best*")) == [
        "best-01.weights.h5",
        "best-02.weights.h5",
    ]
