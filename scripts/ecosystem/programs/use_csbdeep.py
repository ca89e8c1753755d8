"""Image restoration."""

import tempfile

import numpy as np
from csbdeep.models import CARE, Config

rng = np.random.RandomState(0)
x, y = rng.rand(8, 32, 32, 1).astype("float32"), rng.rand(8, 32, 32, 1).astype("float32")
config = Config(
    "YX",
    1,
    1,
    unet_n_depth=1,
    unet_n_first=4,
    train_epochs=2,
    train_steps_per_epoch=2,
    train_batch_size=2,
    probabilistic=True,
    train_tensorboard=False,
)
with tempfile.TemporaryDirectory() as folder:
    model = CARE(config, "care", basedir=folder)
    model.train(x, y, validation_data=(x[:2], y[:2]))
    assert model.predict(x[0, ..., 0], "YX").shape == (32, 32)
    model.load_weights("weights_best.h5")
print("ok")
