"""Models that several tests share."""

from tfk.engine.graph.input_layer import Input
from tfk.layers import Add, Concatenate, Dense
from tfk.models import Model


def branched():
    """Two inputs, a shared layer, two outputs."""
    a, b = Input((4,), name="a"), Input((4,), name="b")
    shared = Dense(3, name="shared")
    left, right = shared(a), shared(b)
    joined = Concatenate(name="joined")([left, right])
    return Model(
        [a, b],
        {"sum": Add(name="sum")([left, right]), "out": Dense(1, name="out")(joined)},
        name="net",
    )


class Residual(Model):
    def __init__(self, width=4, **kwargs):
        super().__init__(**kwargs)
        self.width = width
        self.first, self.second = Dense(width, activation="relu"), Dense(width)

    def call(self, inputs, training=None):
        return inputs + self.second(self.first(inputs))

    def get_config(self):
        return {**super().get_config(), "width": self.width}
