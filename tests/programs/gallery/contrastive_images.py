"""Contrastive learning: two views, an own compile and test_step, then a linear probe."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(0)
images = rng.rand(24, 8, 8, 3).astype("float32")
labels = (np.arange(24) % 3).astype("int64")
images[np.arange(24), labels] += 1.0


class Shift(layers.Layer):
    """A view of an image: rolled and scaled, by a fixed amount in training."""

    def __init__(self, shift, scale, **kwargs):
        super().__init__(**kwargs)
        self.shift, self.scale = shift, scale

    def call(self, inputs, training=True):
        if training:
            return tf.roll(inputs, self.shift, axis=2) * self.scale
        return inputs


def get_encoder():
    return keras.Sequential(
        [
            layers.Rescaling(2.0, offset=-1.0),
            layers.Conv2D(4, kernel_size=3, strides=2, activation="relu"),
            layers.DepthwiseConv2D(3, activation="swish", depth_multiplier=2),
            layers.Flatten(),
            layers.Dense(6, activation="relu"),
        ],
        name="encoder",
    )


class ContrastiveModel(keras.Model):
    def __init__(self):
        super().__init__()
        self.temperature = 0.1
        self.augmenters = [Shift(1, 0.9), Shift(-1, 1.1)]
        self.encoder = get_encoder()
        self.projection_head = keras.Sequential(
            [keras.Input(shape=(6,)), layers.Dense(6, activation="relu"), layers.Dense(6)],
            name="projection_head",
        )
        self.linear_probe = keras.Sequential(
            [layers.Input(shape=(6,)), layers.Dense(3)], name="linear_probe"
        )

    def compile(self, contrastive_optimizer, probe_optimizer, **kwargs):
        super().compile(**kwargs)
        self.contrastive_optimizer = contrastive_optimizer
        self.probe_optimizer = probe_optimizer
        self.probe_loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        self.contrastive_loss_tracker = keras.metrics.Mean(name="c_loss")
        self.contrastive_accuracy = keras.metrics.SparseCategoricalAccuracy(name="c_acc")
        self.probe_loss_tracker = keras.metrics.Mean(name="p_loss")
        self.probe_accuracy = keras.metrics.SparseCategoricalAccuracy(name="p_acc")

    @property
    def metrics(self):
        return [
            self.contrastive_loss_tracker,
            self.contrastive_accuracy,
            self.probe_loss_tracker,
            self.probe_accuracy,
        ]

    def contrastive_loss(self, projections_1, projections_2):
        projections_1 = tf.math.l2_normalize(projections_1, axis=1)
        projections_2 = tf.math.l2_normalize(projections_2, axis=1)
        similarities = tf.matmul(projections_1, projections_2, transpose_b=True) / self.temperature
        batch_size = tf.shape(projections_1)[0]
        contrastive_labels = tf.range(batch_size)
        self.contrastive_accuracy.update_state(contrastive_labels, similarities)
        self.contrastive_accuracy.update_state(contrastive_labels, tf.transpose(similarities))
        loss_1_2 = keras.losses.sparse_categorical_crossentropy(
            contrastive_labels, similarities, from_logits=True
        )
        loss_2_1 = keras.losses.sparse_categorical_crossentropy(
            contrastive_labels, tf.transpose(similarities), from_logits=True
        )
        return (loss_1_2 + loss_2_1) / 2

    def train_step(self, data):
        (unlabeled_images, _), (labeled_images, labels) = data
        images = tf.concat((unlabeled_images, labeled_images), axis=0)
        with tf.GradientTape() as tape:
            features = [self.encoder(view(images), training=True) for view in self.augmenters]
            projections = [self.projection_head(f, training=True) for f in features]
            contrastive_loss = self.contrastive_loss(*projections)
        weights = self.encoder.trainable_weights + self.projection_head.trainable_weights
        gradients = tape.gradient(contrastive_loss, weights)
        self.contrastive_optimizer.apply_gradients(zip(gradients, weights))
        self.contrastive_loss_tracker.update_state(contrastive_loss)
        with tf.GradientTape() as tape:
            class_logits = self.linear_probe(self.encoder(labeled_images, training=False))
            probe_loss = self.probe_loss(labels, class_logits)
        gradients = tape.gradient(probe_loss, self.linear_probe.trainable_weights)
        self.probe_optimizer.apply_gradients(zip(gradients, self.linear_probe.trainable_weights))
        self.probe_loss_tracker.update_state(probe_loss)
        self.probe_accuracy.update_state(labels, class_logits)
        return {m.name: m.result() for m in self.metrics}

    def test_step(self, data):
        labeled_images, labels = data
        class_logits = self.linear_probe(
            self.encoder(labeled_images, training=False), training=False
        )
        self.probe_loss_tracker.update_state(self.probe_loss(labels, class_logits))
        self.probe_accuracy.update_state(labels, class_logits)
        return {m.name: m.result() for m in self.metrics[2:]}


model = ContrastiveModel()
model.encoder.build((None, 8, 8, 3))
for net in (model.encoder, model.projection_head, model.linear_probe):
    net.set_weights([rng.normal(0, 0.4, w.shape) for w in net.get_weights()])
model.compile(keras.optimizers.Adam(0.01), keras.optimizers.SGD(0.1, nesterov=True, momentum=0.5))
unlabeled = tf.data.Dataset.from_tensor_slices((images, labels)).batch(8)
labeled = tf.data.Dataset.from_tensor_slices((images[:12], labels[:12])).batch(4)
test = tf.data.Dataset.from_tensor_slices((images[12:], labels[12:])).batch(6)
history = model.fit(
    tf.data.Dataset.zip((unlabeled, labeled)), epochs=3, validation_data=test, verbose=0
)
finetuning = keras.Sequential([layers.Input(shape=(8, 8, 3)), model.encoder, layers.Dense(3)])
finetuning.layers[-1].set_weights([np.eye(6, 3), np.zeros(3)])
finetuning.compile(
    "adam",
    keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=[keras.metrics.SparseCategoricalAccuracy(name="acc")],
)
tuned = finetuning.fit(labeled, epochs=2, validation_data=test, verbose=0)
np.savez(
    sys.argv[1],
    keys=list(history.history),
    values=[history.history[k] for k in history.history],
    tuned=[tuned.history[k] for k in tuned.history],
    embedded=model.encoder.predict(images, verbose=0),
    evaluated=[model.evaluate(test, verbose=0, return_dict=True)[k] for k in ("p_loss", "p_acc")],
    names=[w.name for w in finetuning.weights],
)
