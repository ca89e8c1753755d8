"""Vision transformers."""

import numpy as np
from vit_keras import layers, vit

model = vit.build_model(
    image_size=32,
    patch_size=8,
    num_layers=1,
    hidden_size=16,
    num_heads=2,
    name="small",
    mlp_dim=16,
    classes=3,
    dropout=0.1,
    activation="softmax",
)
model.compile("adam", "categorical_crossentropy")
x = np.random.rand(4, 32, 32, 3).astype("float32")
model.fit(x, np.eye(3)[[0, 1, 2, 0]], verbose=0)
model.save("vit.h5")
from tensorflow import keras  # noqa: E402

names = ("ClassToken", "AddPositionEmbs", "TransformerBlock", "MultiHeadSelfAttention")
loaded = keras.models.load_model(
    "vit.h5", custom_objects={name: getattr(layers, name) for name in names}
)
np.testing.assert_allclose(loaded.predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-4)
print("ok")
