"""Star-convex objects: training and prediction."""

import tempfile

import numpy as np
from stardist.models import Config2D, StarDist2D

rng = np.random.RandomState(0)
x = [rng.rand(64, 64).astype("float32") for _ in range(2)]
y = [np.zeros((64, 64), "int32") for _ in range(2)]
for mask in y:
    mask[10:25, 10:25] = 1
    mask[35:55, 30:50] = 2
config = Config2D(
    n_rays=8,
    grid=(2, 2),
    n_channel_in=1,
    unet_n_depth=1,
    unet_n_filter_base=4,
    train_patch_size=(32, 32),
    train_batch_size=1,
    train_epochs=1,
    train_steps_per_epoch=2,
    train_tensorboard=False,
)
with tempfile.TemporaryDirectory() as folder:
    model = StarDist2D(config, name="stars", basedir=folder)
    model.train(x, y, validation_data=(x, y))
    labels, details = model.predict_instances(x[0], prob_thresh=0.5, nms_thresh=0.4)
    assert labels.shape == (64, 64)
    StarDist2D(None, name="stars", basedir=folder)
print("ok")
