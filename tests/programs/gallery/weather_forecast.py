"""Windows of a time series from an array and as a class of datasets, several networks."""

import sys

import numpy as np
import tensorflow as tf

rng = np.random.RandomState(16)
series = np.stack([np.sin(np.arange(90) / 5), np.cos(np.arange(90) / 7), rng.rand(90)], 1)
series = series.astype("float32")
mean, std = series[:60].mean(0), series[:60].std(0)


class WindowGenerator:
    def __init__(self, input_width, label_width, shift):
        self.train_df, self.val_df = (series[:60] - mean) / std, (series[60:] - mean) / std
        self.total_window_size = input_width + shift
        self.input_slice = slice(0, input_width)
        self.labels_slice = slice(self.total_window_size - label_width, None)

    def split_window(self, features):
        inputs = features[:, self.input_slice, :]
        labels = features[:, self.labels_slice, :1]
        inputs.set_shape([None, self.input_slice.stop, None])
        return inputs, labels

    def make_dataset(self, data):
        ds = tf.keras.utils.timeseries_dataset_from_array(
            data=np.array(data, dtype=np.float32),
            targets=None,
            sequence_length=self.total_window_size,
            sequence_stride=2,
            shuffle=False,
            batch_size=8,
        )
        return ds.map(self.split_window)

    @property
    def train(self):
        return self.make_dataset(self.train_df)

    @property
    def val(self):
        return self.make_dataset(self.val_df)


class Baseline(tf.keras.Model):
    def __init__(self, label_index=None):
        super().__init__()
        self.label_index = label_index

    def call(self, inputs):
        if self.label_index is None:
            return inputs
        return inputs[:, :, self.label_index][:, :, tf.newaxis]


class ResidualWrapper(tf.keras.Model):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def call(self, inputs, *args, **kwargs):
        delta = self.model(inputs, *args, **kwargs)
        return inputs[:, :, :1] + delta


window = WindowGenerator(6, 6, 1)
conv = tf.keras.Sequential(
    [
        tf.keras.layers.Conv1D(8, 3, padding="causal", activation="relu"),
        tf.keras.layers.Dense(units=1),
    ]
)
lstm = tf.keras.models.Sequential(
    [tf.keras.layers.LSTM(6, return_sequences=True), tf.keras.layers.Dense(units=1)]
)
residual = ResidualWrapper(
    tf.keras.Sequential(
        [
            tf.keras.layers.GRU(4, return_sequences=True),
            tf.keras.layers.Dense(1, kernel_initializer=tf.initializers.zeros()),
        ]
    )
)
out = {}
for name, model in {
    "baseline": Baseline(0),
    "conv": conv,
    "lstm": lstm,
    "residual": residual,
}.items():
    model.compile(
        loss=tf.losses.MeanSquaredError(),
        optimizer=tf.optimizers.Adam(),
        metrics=[tf.metrics.MeanAbsoluteError()],
    )
    if name != "baseline":
        model.predict(window.val, verbose=0)
        model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])
        stop = tf.keras.callbacks.EarlyStopping(monitor="val_loss", patience=2, mode="min")
        history = model.fit(
            window.train, epochs=2, validation_data=window.val, callbacks=[stop], verbose=0
        )
        out[f"{name}_loss"] = history.history["val_loss"]
    out[name] = model.evaluate(window.val, verbose=0)
np.savez(sys.argv[1], **out)
