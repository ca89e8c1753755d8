"""Style transfer and deep dream: Gram matrices of named layers, gradients for an image."""

import sys

import numpy as np
import tensorflow as tf
from tensorflow.keras.applications import vgg16
from tensorflow.keras.layers import Conv2D, Input, MaxPooling2D
from tensorflow.keras.models import Model

rng = np.random.RandomState(0)
image = Input((16, 16, 3))
x = Conv2D(4, 3, padding="same", activation="relu", name="block1_conv1")(image)
x = MaxPooling2D(2, strides=2, name="block1_pool")(x)
x = Conv2D(6, (3, 3), padding="same", activation="relu", name="block2_conv1")(x)
x = Conv2D(6, (3, 3), padding="same", activation="relu", name="block2_conv2")(x)
vgg = Model(image, x)
vgg.set_weights([rng.normal(0, 0.3, w.shape) for w in vgg.get_weights()])
vgg.trainable = False
style_layers, content_layers = ["block1_conv1", "block2_conv1"], ["block2_conv2"]


def gram_matrix(tensor):
    result = tf.linalg.einsum("bijc,bijd->bcd", tensor, tensor)
    shape = tf.shape(tensor)
    return result / tf.cast(shape[1] * shape[2], tf.float32)


class StyleContentModel(tf.keras.models.Model):
    def __init__(self, style_layers, content_layers):
        super(StyleContentModel, self).__init__()
        outputs = [vgg.get_layer(name).output for name in style_layers + content_layers]
        self.vgg = tf.keras.Model([vgg.input], outputs)
        self.style_layers, self.content_layers = style_layers, content_layers
        self.vgg.trainable = False

    def call(self, inputs):
        "Expects float input in [0, 1]"
        outputs = self.vgg(vgg16.preprocess_input(inputs * 255.0) / 64.0)
        style, content = outputs[: len(self.style_layers)], outputs[len(self.style_layers) :]
        style = {name: gram_matrix(value) for name, value in zip(self.style_layers, style)}
        return {"content": dict(zip(self.content_layers, content)), "style": style}


extractor = StyleContentModel(style_layers, content_layers)
content_image = tf.constant(rng.rand(1, 16, 16, 3), tf.float32)
style_image = tf.constant(rng.rand(1, 16, 16, 3), tf.float32)
style_targets = extractor(style_image)["style"]
content_targets = extractor(content_image)["content"]
image = tf.Variable(content_image)
optimizer = tf.optimizers.Adam(learning_rate=0.02, beta_1=0.99, epsilon=1e-1)


@tf.function()
def train_step(image):
    with tf.GradientTape() as tape:
        outputs = extractor(image)
        style_loss = tf.add_n(
            [
                tf.reduce_mean((outputs["style"][n] - style_targets[n]) ** 2)
                for n in outputs["style"]
            ]
        )
        content_loss = tf.add_n(
            [
                tf.reduce_mean((outputs["content"][n] - content_targets[n]) ** 2)
                for n in outputs["content"]
            ]
        )
        loss = 1e-2 * style_loss + content_loss + 0.1 * tf.image.total_variation(image)[0]
    gradient = tape.gradient(loss, image)
    optimizer.apply_gradients([(gradient, image)])
    image.assign(tf.clip_by_value(image, 0.0, 1.0))
    return loss


losses = [train_step(image).numpy() for _ in range(6)]


class DeepDream(tf.Module):
    def __init__(self, model):
        self.model = model

    @tf.function(
        input_signature=(
            tf.TensorSpec(shape=[None, None, 3], dtype=tf.float32),
            tf.TensorSpec(shape=[], dtype=tf.int32),
            tf.TensorSpec(shape=[], dtype=tf.float32),
        )
    )
    def __call__(self, img, steps, step_size):
        loss = tf.constant(0.0)
        for _ in tf.range(steps):
            with tf.GradientTape() as tape:
                tape.watch(img)
                activations = self.model(tf.expand_dims(img, axis=0))
                loss = tf.reduce_sum([tf.math.reduce_mean(a) for a in activations])
            gradients = tape.gradient(loss, img)
            gradients /= tf.math.reduce_std(gradients) + 1e-8
            img = tf.clip_by_value(img + gradients * step_size, -1, 1)
        return loss, img


dream = DeepDream(
    Model(vgg.input, [vgg.get_layer(n).output for n in ("block1_pool", "block2_conv2")])
)
loss, img = dream(style_image[0], tf.constant(3), tf.constant(0.01))
np.savez(
    sys.argv[1],
    losses=losses,
    image=image.numpy(),
    loss=loss,
    dreamed=img,
    outputs=str(tf.nest.map_structure(lambda t: t.shape.as_list(), extractor(image))),
    trainable=[len(extractor.trainable_weights), len(extractor.weights)],
)
