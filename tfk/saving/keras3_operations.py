"""Operations of `keras.ops` in graphs of Keras 3, and the TensorFlow functions that compute the
same.
"""

from typing import NamedTuple


class Operation(NamedTuple):
    """The TensorFlow function for an operation.

    Attributes:
        function: Its public name.
        arguments: Names of its arguments in the order of Keras 3's call.
        settings: From settings of the operation to arguments of the function.
        integers: Settings for which both agree only if they are integers.
        fixed: Further arguments of the function.
    """

    function: str
    arguments: tuple
    settings: dict = {}
    integers: tuple = ()
    fixed: dict = {}

    def arguments_from(self, settings):
        """Return the arguments for the settings of an operation, and the settings that have no
        counterpart.

        Args:
            settings: Dict of settings as plain data.
        """
        given, problems = dict(self.fixed), {}
        for key, value in settings.items():
            if key in self.integers and not isinstance(value, int):
                problems[key] = value
            elif value is None:
                continue  # the default of both
            elif key in self.settings:
                given[self.settings[key]] = value
            elif key != "dtype" and not any(value == v for v in NEUTRAL.get(key, ())):
                problems[key] = value
        return given, problems


# Settings without a counterpart, with the values under which they mean nothing.
NEUTRAL = {
    "alpha": (1.0,),
    "crop_to_aspect_ratio": (False,),
    "decimals": (0,),
    "data_format": ("channels_last",),
    "fill_mode": ("constant",),
    "fill_value": (0.0,),
    "keepdims": (False,),
    "order": (2,),
    "pad_to_aspect_ratio": (False,),
    "sparse": (False,),
}
# Of one argument.
FUNCTIONS = {
    "Absolute": "math.abs",
    "Arccos": "math.acos",
    "Arccosh": "math.acosh",
    "Arcsin": "math.asin",
    "Arcsinh": "math.asinh",
    "Arctan": "math.atan",
    "Arctanh": "math.atanh",
    "Ceil": "math.ceil",
    "Cos": "math.cos",
    "Cosh": "math.cosh",
    "Elu": "nn.elu",
    "Erf": "math.erf",
    "Erfinv": "math.erfinv",
    "Exp": "math.exp",
    "Expm1": "math.expm1",
    "Floor": "math.floor",
    "Isfinite": "math.is_finite",
    "Isinf": "math.is_inf",
    "Isnan": "math.is_nan",
    "Log": "math.log",
    "Log1p": "math.log1p",
    "LogSigmoid": "math.log_sigmoid",
    "LogicalNot": "math.logical_not",
    "Negative": "math.negative",
    "OnesLike": "ones_like",
    "Reciprocal": "math.reciprocal",
    "Relu": "nn.relu",
    "Relu6": "nn.relu6",
    "Round": "math.round",
    "Rsqrt": "math.rsqrt",
    "Selu": "nn.selu",
    "Sigmoid": "math.sigmoid",
    "Sign": "math.sign",
    "Silu": "nn.silu",
    "Sin": "math.sin",
    "Sinh": "math.sinh",
    "Softplus": "math.softplus",
    "Softsign": "nn.softsign",
    "Sqrt": "math.sqrt",
    "Square": "math.square",
    "StopGradient": "stop_gradient",
    "Tan": "math.tan",
    "Tanh": "math.tanh",
    "ZerosLike": "zeros_like",
}
# Of two arguments, `x` and `y`.
BINARY = {
    "Add": "math.add",
    "Divide": "math.divide",
    "Equal": "math.equal",
    "FloorDivide": "math.floordiv",
    "Greater": "math.greater",
    "GreaterEqual": "math.greater_equal",
    "Less": "math.less",
    "LessEqual": "math.less_equal",
    "LogicalAnd": "math.logical_and",
    "LogicalOr": "math.logical_or",
    "LogicalXor": "math.logical_xor",
    "Maximum": "math.maximum",
    "Minimum": "math.minimum",
    "Mod": "math.floormod",
    "Multiply": "math.multiply",
    "NotEqual": "math.not_equal",
    "Power": "math.pow",
    "Subtract": "math.subtract",
    "TrueDivide": "math.truediv",
}
# Over an axis.
REDUCTIONS = {
    "All": "math.reduce_all",
    "Any": "math.reduce_any",
    "Logsumexp": "math.reduce_logsumexp",
    "Max": "math.reduce_max",
    "Mean": "math.reduce_mean",
    "Min": "math.reduce_min",
    "Prod": "math.reduce_prod",
    "Std": "math.reduce_std",
    "Sum": "math.reduce_sum",
    "Var": "math.reduce_variance",
}
_AXIS = {"axis": "axis"}
_REDUCED = {"axis": "axis", "keepdims": "keepdims"}
_INDEX = {"output_type": "int32"}

OPERATIONS = {
    **{name: Operation(function, ("x",)) for name, function in FUNCTIONS.items()},
    **{name: Operation(function, ("x", "y")) for name, function in BINARY.items()},
    **{
        name: Operation(function, ("input_tensor",), _REDUCED)
        for name, function in REDUCTIONS.items()
    },
    "Arctan2": Operation("math.atan2", ("y", "x")),
    "Argmax": Operation("math.argmax", ("input",), _AXIS, ("axis",), _INDEX),
    "Argmin": Operation("math.argmin", ("input",), _AXIS, ("axis",), _INDEX),
    "Argsort": Operation("argsort", ("values",), _AXIS, ("axis",)),
    "BroadcastTo": Operation("broadcast_to", ("input",), {"shape": "shape"}),
    "Cast": Operation("cast", ("x",), {"dtype": "dtype"}),
    "Clip": Operation(
        "clip_by_value", ("t",), {"x_min": "clip_value_min", "x_max": "clip_value_max"}
    ),
    "Concatenate": Operation("concat", ("values",), _AXIS),
    "CountNonzero": Operation("math.count_nonzero", ("input",), _REDUCED, (), {"dtype": "int32"}),
    "Cumprod": Operation("math.cumprod", ("x",), _AXIS, ("axis",)),
    "Cumsum": Operation("math.cumsum", ("x",), _AXIS, ("axis",)),
    "ExpandDims": Operation("expand_dims", ("input",), _AXIS),
    "Gelu": Operation("nn.gelu", ("features",), {"approximate": "approximate"}),
    "GetItem": Operation("__operators__.getitem", ("tensor", "slice_spec")),
    "LeakyRelu": Operation("nn.leaky_relu", ("features",), {"negative_slope": "alpha"}),
    "LogSoftmax": Operation("nn.log_softmax", ("logits",), _AXIS),
    "Matmul": Operation("linalg.matmul", ("a", "b")),
    "Norm": Operation("norm", ("tensor",), {**_REDUCED, "ord": "ord"}),
    "Normalize": Operation("math.l2_normalize", ("x",), _AXIS, ("axis",)),
    "OneHot": Operation(
        "one_hot", ("indices",), {"num_classes": "depth", "axis": "axis", "dtype": "dtype"}
    ),
    "Pad": Operation(
        "pad", ("tensor", "constant_values"), {"pad_width": "paddings", "mode": "mode"}
    ),
    "Ravel": Operation("reshape", ("tensor",), fixed={"shape": [-1]}),
    "Repeat": Operation("repeat", ("input",), {"repeats": "repeats", "axis": "axis"}),
    "Reshape": Operation("reshape", ("tensor",), {"newshape": "shape"}),
    "Resize": Operation(
        "image.resize",
        ("images",),
        {"size": "size", "interpolation": "method", "antialias": "antialias"},
    ),
    "Roll": Operation("roll", ("input",), {"shift": "shift", "axis": "axis"}, ("axis",)),
    "Slice": Operation("slice", ("input_", "begin"), {"shape": "size"}),
    "Softmax": Operation("nn.softmax", ("logits",), _AXIS),
    "Sort": Operation("sort", ("values",), _AXIS, ("axis",)),
    "Split": Operation(
        "split",
        ("value",),
        {"indices_or_sections": "num_or_size_splits", "axis": "axis"},
        ("indices_or_sections",),
    ),
    "Squeeze": Operation("squeeze", ("input",), _AXIS),
    "Stack": Operation("stack", ("values",), _AXIS),
    "Take": Operation("gather", ("params", "indices"), _AXIS, ("axis",)),
    "Tensordot": Operation("tensordot", ("a", "b"), {"axes": "axes"}),
    "Tile": Operation("tile", ("input",), {"repeats": "multiples"}),
    "TopK": Operation("math.top_k", ("input",), {"k": "k", "sorted": "sorted"}),
    "Transpose": Operation("transpose", ("a",), {"axes": "perm"}),
    "Unstack": Operation("unstack", ("value",), {"num": "num", "axis": "axis"}),
    "Where": Operation("where", ("condition", "x", "y")),
}
