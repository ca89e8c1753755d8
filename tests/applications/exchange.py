"""Files that pass between tf_keras and tfk: the same model reads them and gives the same outputs."""

import numpy as np
import tf_keras

import tfk
from tfk.utils import naming

SIZES = {"InceptionV3": 96, "InceptionResNetV2": 96, "Xception": 96}  # of images; 64 for the others
TOLERANCE = 1e-4  # of the largest output


def both(name, arguments):
    """The model of tf_keras, with weights that matter everywhere, and a function that builds ours."""
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
    """Each weight gets other values than it started with, and signals keep their size from layer to layer."""
    rng = np.random.default_rng(5)
    for weight in model.weights:
        if weight.shape.rank == 1:
            center = 1 if "gamma" in weight.name or "variance" in weight.name else 0
            weight.assign(center + rng.uniform(-0.2, 0.2, weight.shape))
    for layer in model.layers:
        layer.finalize_state()  # Normalization keeps what it computed from its weights
        if isinstance(layer, tf_keras.layers.BatchNormalization):
            # Takes half of the statistics of one batch: those of four images alone have channels of hardly any variance,
            # behind which one rounding grows to 1e-4 of the output.
            layer.momentum = 0.5
    model(images_for(model, count=4), training=True)


def images_for(model, count=2):
    """Images of random pixels, each of another brightness."""
    rng = np.random.default_rng(6)
    brightness = np.linspace(255, 60, count).reshape(-1, 1, 1, 1)
    return (rng.uniform(0, 1, (count, *model.input_shape[1:])) * brightness).astype("float32")


def assert_equal_outputs(model, expected):
    """Compares what a model makes of images with what another made of the same."""
    scale = np.abs(expected).max()
    assert np.isfinite(scale) and np.abs(expected[0] - expected[1]).max() > 100 * TOLERANCE * scale
    actual = model(images_for(model)).numpy()
    np.testing.assert_allclose(actual / scale, expected / scale, rtol=0, atol=TOLERANCE)


def check_weight_file(theirs, build, folder):
    """An `.h5` file of weights by tf_keras loads by order and by name. Returns our model with these weights."""
    expected = theirs(images_for(theirs)).numpy()
    path = str(folder / "weights.h5")
    theirs.save_weights(path)
    ours = build(weights=path)
    assert_equal_outputs(ours, expected)
    for weight in ours.weights:
        weight.assign(np.zeros(weight.shape, "float32"))
    ours.load_weights(path, by_name=True)
    assert_equal_outputs(ours, expected)
    return ours


def check_archive(theirs, ours, folder):
    """A `.keras` file goes both ways between models of the same weights."""
    expected = theirs(images_for(theirs)).numpy()
    path = str(folder / "theirs.keras")
    theirs.save(path)
    assert_equal_outputs(tfk.models.load_model(path), expected)
    path = str(folder / "ours.keras")
    ours.save(path)
    custom = {"LayerScale": tf_keras.src.applications.convnext.LayerScale}
    assert_equal_outputs(tf_keras.models.load_model(path, custom_objects=custom), expected)
