"""LiteRT models, run in TensorFlow's interpreter."""

import numpy as np
import tensorflow as tf

from tfk.metrics.resolve import resolve
from tfk.typing import TensorLike
from tfk.utils.atomic import replacing_file


class LiteModel:
    """LiteRT (TensorFlow Lite) model in the interpreter that comes with TensorFlow.

    Args:
        data: Bytes of a `.tflite` file, as written by `model.export(path, format="tflite")`.
    Attributes:
        data: The bytes.
        size: Number of bytes.
    >>> model = tfk.Sequential([tfk.Input((3,)), tfk.layers.Dense(2)])
    >>> tfk.quantization.quantize(model, "dynamic").predict(np.ones((4, 3))).shape
    (4, 2)
    """

    def __init__(self, data):
        self.data = bytes(data)
        self.size = len(self.data)
        self._run = tf.lite.Interpreter(model_content=self.data).get_signature_runner()
        self._inputs = self._run.get_input_details()

    @classmethod
    def load(cls, path):
        """Load a `.tflite` file."""
        with open(path, "rb") as file:
            return cls(file.read())

    def save(self, path):
        """Write the `.tflite` file."""
        with replacing_file(path) as temporary, open(temporary, "wb") as file:
            file.write(self.data)

    def predict(self, x: TensorLike, batch_size: int | None = 32):
        """Compute the outputs for inputs.

        Args:
            x: Array, list of arrays in the order of the model's inputs, or dict of arrays by input
                name.
            batch_size: Rows per call of the interpreter. Defaults to 32.

        Returns: Array, or a dict of arrays by output name for several outputs.
        Raises: ValueError if the number of inputs differs from the model's.
        """
        columns = self._columns(x)
        count = len(next(iter(columns.values())))
        batches = [
            self._run(
                **{name: column[first : first + batch_size] for name, column in columns.items()}
            )
            for first in range(0, count, batch_size)
        ]
        outputs = {name: np.concatenate([batch[name] for batch in batches]) for name in batches[0]}
        return next(iter(outputs.values())) if len(outputs) == 1 else outputs

    def evaluate(
        self, x: TensorLike, y: TensorLike, metric: str = "accuracy", batch_size: int | None = 32
    ):
        """Return the value of a metric as a float.

        Args:
            x: Inputs, as in `predict`.
            y: Targets.
            metric: Name or object of a metric; only for models with one output. Defaults to
                `"accuracy"`.
            batch_size: Rows per call of the interpreter. Defaults to 32.
        """
        outputs, y = map(tf.convert_to_tensor, (self.predict(x, batch_size), np.asarray(y)))
        metric = resolve(metric, y, outputs)
        metric.reset_state()
        metric.update_state(y, outputs)
        return float(metric.result())

    def _columns(self, x):
        if not isinstance(x, dict):
            x = (
                dict(zip(self._inputs, x, strict=True))
                if isinstance(x, (list, tuple))
                else {next(iter(self._inputs)): x}
            )
        if x.keys() != self._inputs.keys():
            raise ValueError(
                f"LiteModel: expected the inputs {sorted(self._inputs)}, got {sorted(x)}."
            )
        return {
            name: np.asarray(value).astype(self._inputs[name]["dtype"]) for name, value in x.items()
        }
