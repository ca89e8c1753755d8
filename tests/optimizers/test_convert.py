"""Optimizers as those from before Keras 2.11, against Keras 2's own."""

import pytest

import tfk
from tfk.optimizers.convert import convert_to_legacy_optimizer

tf_keras = pytest.importorskip("tf_keras")


@pytest.mark.parametrize(
    "name, settings",
    [
        ("Adam", {"learning_rate": 0.5, "beta_1": 0.8}),
        ("SGD", {"momentum": 0.9, "nesterov": True, "clipnorm": 1.0}),
        ("RMSprop", {"rho": 0.7, "centered": True}),
        ("Nadam", {"epsilon": 1e-3}),
        ("Adagrad", {}),
        ("Adadelta", {}),
        ("Adamax", {}),
    ],
)
def test_same_class_and_settings(name, settings):
    theirs = tf_keras.__internal__.optimizers.convert_to_legacy_optimizer(
        getattr(tf_keras.optimizers, name)(**settings)
    )
    ours = convert_to_legacy_optimizer(getattr(tfk.optimizers, name)(**settings))
    assert type(ours) is getattr(tfk.optimizers.legacy, name)
    assert ours.get_config() == pytest.approx(theirs.get_config())


def test_only_optimizers_with_a_legacy_class():
    legacy = tfk.optimizers.legacy.SGD()
    assert convert_to_legacy_optimizer(legacy) is legacy
    with pytest.raises(ValueError, match="has no Lion"):
        convert_to_legacy_optimizer(tfk.optimizers.Lion())
    with pytest.raises(ValueError, match="expected a Keras optimizer"):
        convert_to_legacy_optimizer("adam")
