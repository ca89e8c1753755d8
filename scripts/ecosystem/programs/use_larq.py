"""A binarized network with Bop and Adam."""

import larq as lq
import numpy as np
from tensorflow import keras

x, y = np.random.RandomState(0).rand(32, 8, 8, 1), np.zeros(32)
options = {
    "input_quantizer": "ste_sign",
    "kernel_quantizer": "ste_sign",
    "kernel_constraint": "weight_clip",
}
model = keras.Sequential(
    [
        lq.layers.QuantConv2D(
            8,
            3,
            kernel_quantizer="ste_sign",
            kernel_constraint="weight_clip",
            use_bias=False,
            input_shape=(8, 8, 1),
        ),
        keras.layers.BatchNormalization(scale=False),
        lq.layers.QuantConv2D(8, 3, use_bias=False, **options),
        keras.layers.BatchNormalization(scale=False),
        keras.layers.Flatten(),
        lq.layers.QuantDense(3, use_bias=False, **options),
        keras.layers.Activation("softmax"),
    ]
)
lq.models.summary(model)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x, y, epochs=1, verbose=0)
bop = lq.optimizers.CaseOptimizer(
    (lq.optimizers.Bop.is_binary_variable, lq.optimizers.Bop()),
    default_optimizer=keras.optimizers.legacy.Adam(),
)
model.compile(bop, "sparse_categorical_crossentropy")
model.fit(x, y, epochs=1, verbose=0)
with lq.context.quantized_scope(True):
    assert set(np.unique(model.layers[2].kernel.numpy() if False else model.get_weights()[4])) <= {
        -1.0,
        1.0,
    }
model.save("larq.h5")
keras.models.load_model("larq.h5")
print("ok")
