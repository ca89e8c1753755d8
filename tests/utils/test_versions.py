"""Versions: what renews them, and what does not."""

import tensorflow as tf

import tfk
from tfk.utils import versions


class Plain(versions.Versioned, tf.Module):
    """An object with a setting, `rate`."""

    def __init__(self, rate=1.0):
        super().__init__()
        self.rate, self.count, self.parts = rate, 0, None


def renews(owner, change):
    """Whether a change renews the version, which the clock of the process notes then."""
    version, clock = owner._version, versions.latest_change()
    change()
    assert (owner._version != version) == (versions.latest_change() != clock)
    assert owner._version >= version
    return owner._version != version


def test_settings_renew_the_version_and_data_does_not():
    owner = Plain()
    assert renews(owner, lambda: setattr(owner, "rate", 2.0))
    assert not renews(owner, lambda: setattr(owner, "rate", 2.0))
    assert renews(owner, lambda: setattr(owner, "rate", 2))  # another type
    assert not renews(owner, lambda: setattr(owner, "count", 1))
    assert renews(owner, owner.renew_version)


def test_parts_renew_the_version():
    owner, variable = Plain(), tf.Variable(1.0)
    assert renews(owner, lambda: setattr(owner, "parts", variable))
    assert not renews(owner, lambda: setattr(owner, "parts", variable))
    assert renews(owner, lambda: setattr(owner, "parts", {"a": [variable]}))
    assert renews(owner, lambda: delattr(owner, "parts"))
    assert not renews(owner, lambda: delattr(owner, "count"))


def test_functions_renew_the_version():
    owner = Plain()
    assert renews(owner, lambda: setattr(owner, "parts", len))
    assert renews(owner, lambda: setattr(owner, "parts", max))
    assert not renews(owner, lambda: setattr(owner, "new", len))  # hides no method
    assert renews(owner, lambda: setattr(owner, "renew_version", owner.renew_version))


def test_datasets_are_data():
    owner = Plain()
    assert not renews(owner, lambda: setattr(owner, "parts", tf.data.Dataset.range(3)))


def test_decay_is_a_setting_of_every_optimizer():
    for optimizers in (tfk.optimizers, tfk.optimizers.legacy):
        optimizer = optimizers.SGD(0.1)
        assert renews(optimizer, lambda: setattr(optimizer, "decay", 0.5))  # noqa: B023
        assert not renews(optimizer, lambda: setattr(optimizer, "decay", 0.5))  # noqa: B023
