"""A small transformer: masks by hand, its own learning rate schedule and loss, checkpoints."""

import sys

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(0)
d_model, vocabulary, length = 8, 11, 6
source = rng.randint(1, vocabulary, (16, length))
source[::3, 4:] = 0
target = np.roll(source, 1, axis=1)


def positional_encoding(length, depth):
    depth = depth / 2
    positions = np.arange(length)[:, np.newaxis]
    depths = np.arange(depth)[np.newaxis, :] / depth
    angles = positions / (10000**depths)
    return tf.cast(np.concatenate([np.sin(angles), np.cos(angles)], axis=-1), dtype=tf.float32)


class PositionalEmbedding(tf.keras.layers.Layer):
    def __init__(self, vocab_size, d_model):
        super().__init__()
        self.d_model = d_model
        self.embedding = tf.keras.layers.Embedding(vocab_size, d_model, mask_zero=True)
        self.pos_encoding = positional_encoding(length=32, depth=d_model)

    def compute_mask(self, *args, **kwargs):
        return self.embedding.compute_mask(*args, **kwargs)

    def call(self, x):
        length = tf.shape(x)[1]
        x = self.embedding(x)
        x *= tf.math.sqrt(tf.cast(self.d_model, tf.float32))
        return x + self.pos_encoding[tf.newaxis, :length, :]


class BaseAttention(tf.keras.layers.Layer):
    def __init__(self, **kwargs):
        super().__init__()
        self.mha = tf.keras.layers.MultiHeadAttention(**kwargs)
        self.layernorm = tf.keras.layers.LayerNormalization()
        self.add = tf.keras.layers.Add()


class CrossAttention(BaseAttention):
    def call(self, x, context):
        output, scores = self.mha(query=x, key=context, value=context, return_attention_scores=True)
        self.last_attn_scores = scores
        return self.layernorm(self.add([x, output]))


class CausalSelfAttention(BaseAttention):
    def call(self, x):
        return self.layernorm(
            self.add([x, self.mha(query=x, value=x, key=x, use_causal_mask=True)])
        )


class FeedForward(tf.keras.layers.Layer):
    def __init__(self, d_model, dff, dropout_rate=0.0):
        super().__init__()
        self.seq = tf.keras.Sequential(
            [
                tf.keras.layers.Dense(dff, activation="gelu"),
                tf.keras.layers.Dense(d_model),
                tf.keras.layers.Dropout(dropout_rate),
            ]
        )
        self.add = tf.keras.layers.Add()
        self.layer_norm = tf.keras.layers.LayerNormalization(epsilon=1e-6)

    def call(self, x):
        return self.layer_norm(self.add([x, self.seq(x)]))


class Transformer(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.encode = [PositionalEmbedding(vocabulary, d_model), FeedForward(d_model, 12)]
        self.embed = PositionalEmbedding(vocabulary, d_model)
        self.causal = CausalSelfAttention(num_heads=2, key_dim=4)
        self.cross = CrossAttention(num_heads=2, key_dim=4, dropout=0.0)
        self.final_layer = tf.keras.layers.Dense(vocabulary)

    def call(self, inputs):
        context, x = inputs
        for layer in self.encode:
            context = layer(context)
        x = self.cross(self.causal(self.embed(x)), context)
        logits = self.final_layer(x)
        try:
            del logits._keras_mask
        except AttributeError:
            pass
        return logits


class CustomSchedule(tf.keras.optimizers.schedules.LearningRateSchedule):
    def __init__(self, d_model, warmup_steps=40):
        super().__init__()
        self.d_model = tf.cast(d_model, tf.float32)
        self.warmup_steps = warmup_steps

    def __call__(self, step):
        step = tf.cast(step, dtype=tf.float32)
        arg1 = tf.math.rsqrt(step)
        arg2 = step * (self.warmup_steps**-1.5)
        return tf.math.rsqrt(self.d_model) * tf.math.minimum(arg1, arg2)


loss_object = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="none")


def masked_loss(label, pred):
    mask = label != 0
    loss = loss_object(label, pred)
    mask = tf.cast(mask, dtype=loss.dtype)
    loss *= mask
    return tf.reduce_sum(loss) / tf.reduce_sum(mask)


def masked_accuracy(label, pred):
    pred = tf.argmax(pred, axis=2)
    label = tf.cast(label, pred.dtype)
    mask = label != 0
    match = (label == pred) & mask
    return tf.reduce_sum(tf.cast(match, tf.float32)) / tf.reduce_sum(tf.cast(mask, tf.float32))


transformer = Transformer()
transformer((source[:2], target[:2]))
transformer.set_weights([rng.normal(0, 0.3, w.shape) for w in transformer.get_weights()])
optimizer = tf.keras.optimizers.Adam(CustomSchedule(d_model), beta_1=0.9, beta_2=0.98, epsilon=1e-9)
transformer.compile(loss=masked_loss, optimizer=optimizer, metrics=[masked_accuracy])
batches = tf.data.Dataset.from_tensor_slices(((source, target), source)).batch(4)
history = transformer.fit(batches, epochs=2, validation_data=batches, verbose=0)
checkpoint = tf.train.Checkpoint(model=transformer, optimizer=optimizer)
manager = tf.train.CheckpointManager(checkpoint, "checkpoints", max_to_keep=2)
manager.save()
before = transformer((source, target)).numpy()
transformer.fit(batches, epochs=1, verbose=0)
checkpoint.restore(manager.latest_checkpoint)
np.savez(
    sys.argv[1],
    keys=list(history.history),
    values=[history.history[k] for k in history.history],
    restored=np.abs(before - transformer((source, target)).numpy()).max() == 0,
    scores=transformer.cross.last_attn_scores,
    iterations=optimizer.iterations.numpy(),
    predictions=transformer.predict((source, target), verbose=0),
    names=[w.name for w in transformer.trainable_weights],
    mask=transformer.embed.compute_mask(tf.constant(source)),
)
