"""U-Nets of several kinds."""

import numpy as np
from keras_unet_collection import losses, models
from tensorflow import keras

x, y = np.random.RandomState(0).rand(2, 32, 32, 3), np.zeros((2, 32, 32, 2))
for make in (
    lambda: models.unet_2d((32, 32, 3), [4, 8], 2, batch_norm=True),
    lambda: models.att_unet_2d((32, 32, 3), [4, 8], 2),
    lambda: models.unet_plus_2d((32, 32, 3), [4, 8], 2),
    lambda: models.transunet_2d(
        (32, 32, 3), [4, 8], 2, embed_dim=8, num_mlp=8, num_heads=2, num_transformer=1
    ),
):
    model = make()
    model.compile(
        keras.optimizers.SGD(0.01), lambda t, p: losses.focal_tversky(t, p) + losses.dice(t, p)
    )
    model.train_on_batch(x, y)
print("ok")
