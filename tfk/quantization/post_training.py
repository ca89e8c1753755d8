"""Quantization of trained models, and comparison of its kinds."""

from tfk.quantization.lite_model import LiteModel
from tfk.saving.lite import QUANTIZATIONS, to_lite
from tfk.typing import TensorLike


def quantize(model, kind: str = "int8", representative_data=None):
    """Quantize the weights of a trained model; return a `LiteModel`.

    Args:
        model: A built model.
        kind: `"int8"` (8-bit weights and activations; inputs and outputs stay float), `"dynamic"`
            (8-bit weights, float activations), `"float16"` (half-precision weights), or None
            (float32, for comparison). Defaults to `"int8"`.
        representative_data: For `"int8"`: about 100 typical inputs, as an array, list or dict of
            arrays. Defaults to None.
    Raises: ValueError for an unknown kind, `"int8"` without representative data, or a model without
        weights.
    Source: Jacob et al., 2018, arXiv:1712.05877, for 8-bit inference; activation ranges are
        measured after training.
    >>> model = tfk.Sequential([tfk.Input((64,)), tfk.layers.Dense(64)])
    >>> small = quantize(model, representative_data=np.random.normal(size=(100, 64)))
    >>> small.size < quantize(model, None).size / 2
    True
    """
    if not model.built:
        raise ValueError(
            f'quantize: model "{model.name}" has no weights yet. Call it on data, fit it, or'
            " build(input_shape) first."
        )
    return LiteModel(to_lite(model, kind, representative_data))


def compare(
    model,
    x: TensorLike,
    y: TensorLike,
    representative_data,
    metric: str = "accuracy",
    kinds=QUANTIZATIONS,
):
    """Compare size and accuracy of a model quantized in several ways.

    Args:
        model: A built model with one output.
        x, y: Held-out data for the measurement.
        representative_data: Typical inputs for `"int8"`; see `quantize`.
        metric: Name or object of a metric. Defaults to `"accuracy"`.
        kinds: Kinds of quantization; None means float32. Defaults to all kinds.

    Returns: Dict from kind to a dict of `"bytes"`, `"share"` (relative to the bytes of the first
        kind) and `"value"` of the metric.
    >>> model = tfk.Sequential([tfk.Input((8,)), tfk.layers.Dense(3, "softmax")])
    >>> x, y = np.random.normal(size=(20, 8)), np.zeros(20)
    >>> list(compare(model, x, y, representative_data=x))
    [None, 'dynamic', 'float16', 'int8']
    """
    models = {kind: quantize(model, kind, representative_data) for kind in kinds}
    whole = models[kinds[0]].size
    return {
        kind: {"bytes": lite.size, "share": lite.size / whole, "value": lite.evaluate(x, y, metric)}
        for kind, lite in models.items()
    }
