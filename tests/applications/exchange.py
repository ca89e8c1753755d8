"""Files that pass between tf_keras and tfk: the same model reads them and gives the same
outputs.
"""

import numpy as np
import tf_keras

import tfk
from tfk.utils import naming

SIZES = {"InceptionV3": 96, "InceptionResNetV2": 96, "Xception": 96}  # of images; 64 for the others
TOLERANCE = 1e-4  # of the largest output
LOOSEST = 1e-2
ROUNDING = 1e-7  # relative change of a pixel, the least that float32 knows


def both(name, arguments):
    """The model of tf_keras, with weights that matter everywhere, and a function that builds
    ours.
    """
    size = SIZES.get(name, 64)
    arguments = {"input_shape": (size, size, 3), **arguments}
    tf_keras.backend.clear_session()
    theirs = getattr(tf_keras.applications, name)(weights=None, **arguments)
    give_weights_that_matter(theirs)

    def build(weights=None):
        naming.reset_names()
        return getattr(tfk.applications, name)(weights=weights, **arguments)

    return theirs, build


def give_weights_that_matter(model):
    """Each weight gets other values than it started with, and signals keep their size from layer to
    layer.
    """
    rng = np.random.default_rng(5)
    for weight in model.weights:
        if weight.shape.rank == 1:
            center = 1 if "gamma" in weight.name or "variance" in weight.name else 0
            weight.assign(center + rng.uniform(-0.2, 0.2, weight.shape))
    for layer in model.layers:
        layer.finalize_state()  # Normalization keeps what it computed from its weights
        if isinstance(layer, tf_keras.layers.BatchNormalization):
            layer.momentum = 0.0  # takes the statistics of one batch
    model(images_for(model, count=4), training=True)


def images_for(model, count=2):
    """Images of random pixels, each of another brightness."""
    rng = np.random.default_rng(6)
    brightness = np.linspace(255, 60, count).reshape(-1, 1, 1, 1)
    return (rng.uniform(0, 1, (count, *model.input_shape[1:])) * brightness).astype("float32")


class Outputs:
    """What the model of tf_keras makes of random images, and how close ours have to come.

    That is `TOLERANCE`, unless rounding the images already moves its own outputs by more: in deep
    networks with random weights small differences grow, in RegNetX320 a thousandfold, and those of
    a wrong layer as well. Where they would grow beyond `LOOSEST`, as in EfficientNetV2L, only a
    model that rounds in the same places passes.
    """

    def __init__(self, model):
        images = images_for(model)
        self.expected = model(images).numpy()
        self.scale = np.abs(self.expected).max()
        up_or_down = np.random.default_rng(7).choice((-ROUNDING, ROUNDING), images.shape)
        rounded = model((images * (1 + up_or_down)).astype("float32")).numpy()
        own = 3 * np.abs(rounded - self.expected).max() / self.scale
        self.tolerance = own if TOLERANCE < own < LOOSEST else TOLERANCE
        between_images = np.abs(self.expected[0] - self.expected[1]).max() / self.scale
        assert np.isfinite(self.scale) and between_images > LOOSEST

    def check(self, model):
        """Raises unless the model makes the same of the images."""
        actual = model(images_for(model)).numpy() / self.scale
        np.testing.assert_allclose(actual, self.expected / self.scale, rtol=0, atol=self.tolerance)


def check_weight_file(theirs, build, folder):
    """An `.h5` file of weights by tf_keras loads by order and by name. Returns our model with these
    weights.
    """
    outputs = Outputs(theirs)
    path = str(folder / "weights.h5")
    theirs.save_weights(path)
    ours = build(weights=path)
    outputs.check(ours)
    for weight in ours.weights:
        weight.assign(np.zeros(weight.shape, "float32"))
    ours.load_weights(path, by_name=True)
    outputs.check(ours)
    return ours


def check_archive(theirs, ours, folder):
    """A `.keras` file goes both ways between models of the same weights."""
    outputs = Outputs(theirs)
    path = str(folder / "theirs.keras")
    theirs.save(path)
    outputs.check(tfk.models.load_model(path))
    path = str(folder / "ours.keras")
    ours.save(path)
    custom = {"LayerScale": tf_keras.src.applications.convnext.LayerScale}
    outputs.check(tf_keras.models.load_model(path, custom_objects=custom))
