"""Pruning, clustering and quantization-aware training of a small convolutional network."""

import os
import tempfile

import numpy as np
import tensorflow as tf
import tensorflow_model_optimization as tfmot
from tensorflow import keras

rng = np.random.RandomState(0)
x, y = rng.rand(64, 8, 8, 1).astype("float32"), rng.randint(0, 3, 64)


def build():
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Conv2D(4, 3, activation="relu"),
            keras.layers.MaxPooling2D(),
            keras.layers.Flatten(),
            keras.layers.Dense(3),
        ]
    )


loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
sparsity = tfmot.sparsity.keras
pruned = sparsity.prune_low_magnitude(
    build(),
    pruning_schedule=sparsity.PolynomialDecay(
        initial_sparsity=0.3, final_sparsity=0.8, begin_step=0, end_step=8, frequency=2
    ),
)
pruned.compile("adam", loss, metrics=["accuracy"])
with tempfile.TemporaryDirectory() as folder:
    pruned.fit(
        x,
        y,
        batch_size=16,
        epochs=3,
        verbose=0,
        validation_split=0.25,
        callbacks=[sparsity.UpdatePruningStep(), sparsity.PruningSummaries(log_dir=folder)],
    )
stripped = sparsity.strip_pruning(pruned)
kernel = stripped.get_weights()[2]
assert (kernel == 0).mean() > 0.7, (kernel == 0).mean()
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "pruned.h5")
    pruned.save(path)
    with sparsity.prune_scope():
        again = keras.models.load_model(path)
    np.testing.assert_allclose(again.predict(x, verbose=0), pruned.predict(x, verbose=0), atol=1e-5)

cluster = tfmot.clustering.keras
clustered = cluster.cluster_weights(
    build(), number_of_clusters=4, cluster_centroids_init=cluster.CentroidInitialization.LINEAR
)
clustered.compile("adam", loss)
clustered.fit(x, y, epochs=1, verbose=0)
final = cluster.strip_clustering(clustered)
assert len(np.unique(final.get_weights()[2])) <= 4

quantized = tfmot.quantization.keras.quantize_model(build())
quantized.compile("adam", loss, metrics=["accuracy"])
quantized.fit(x, y, epochs=2, verbose=0, validation_split=0.25)
with tfmot.quantization.keras.quantize_scope():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "q.h5")
        quantized.save(path)
        again = keras.models.load_model(path)
converter = tf.lite.TFLiteConverter.from_keras_model(quantized)
converter.optimizations = [tf.lite.Optimize.DEFAULT]
assert len(converter.convert()) > 1000
annotated = keras.models.clone_model(
    build(),
    clone_function=lambda layer: (
        tfmot.quantization.keras.quantize_annotate_layer(layer)
        if isinstance(layer, keras.layers.Dense)
        else layer
    ),
)
tfmot.quantization.keras.quantize_apply(annotated).summary(print_fn=lambda line: None)
print("ok")
