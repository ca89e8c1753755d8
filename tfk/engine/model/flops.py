"""Floating-point operations of a layer, counted in its traced operations."""

import math

import tensorflow as tf

from tfk.engine.layer import scratch
from tfk.engine.layer.symbolic import is_symbolic

# Operations that move or look up values without arithmetic.
FREE = {
    "Const", "Placeholder", "Identity", "ReadVariableOp", "Reshape", "Shape", "Pack", "Unpack",
    "StridedSlice", "Transpose", "ConcatV2", "ExpandDims", "Squeeze", "Cast", "ResourceGather",
    "GatherV2", "Fill", "ZerosLike", "OnesLike", "Pad", "PadV2", "Slice", "Split", "SplitV", "NoOp",
    "Range", "Tile", "MirrorPad", "ReverseV2", "BroadcastTo", "Rank", "Prod",
}  # fmt: skip


def layer_flops(layer):
    """Return `(operations, bytes of the output)` per sample for a layer called once; None if
    unknown.

    A multiply-add counts as two operations. Loops (recurrent layers) count one iteration.
    """
    if not layer._inbound_nodes:
        return None, None
    node = layer._inbound_nodes[0]
    outputs = [value for value in tf.nest.flatten(node.outputs) if is_symbolic(value)]
    size = sum(_elements(t.shape) * t.dtype.size for t in outputs)
    if node.is_input:
        return 0, size
    args, kwargs = tf.nest.map_structure(_one_sample, (node.args, node.kwargs))
    tensors = scratch.trace(layer, *args, **kwargs)
    graph = next(
        t.graph for t in tf.nest.flatten(tensors, expand_composites=True) if tf.is_tensor(t)
    )
    return sum(_operation_flops(op) for op in graph.get_operations()), size


def _one_sample(value):
    if not is_symbolic(value) or not isinstance(value.type_spec, tf.TensorSpec):
        return value
    return tf.TensorSpec([1, *value.shape[1:]] if value.shape.rank else value.shape, value.dtype)


def _elements(shape):
    """Return the number of elements of one sample; unknown sizes count as one."""
    return math.prod(size or 1 for size in shape) if shape.rank is not None else 0


def _operation_flops(op):
    if op.type in FREE or not op.outputs:
        return 0
    produced = _elements(op.outputs[0].shape)
    if op.type == "MatMul":
        inner = op.inputs[0].shape[0 if op.get_attr("transpose_a") else 1] or 1
        return 2 * produced * inner
    if op.type in ("BatchMatMulV2", "BatchMatMulV3"):
        inner = op.inputs[0].shape[-2 if op.get_attr("adj_x") else -1] or 1
        return 2 * produced * inner
    if op.type == "Einsum":
        return 2 * produced * max(1, _elements(op.inputs[0].shape) // max(1, produced))
    if op.type in ("Conv2D", "Conv3D"):
        kernel = op.inputs[1].shape
        return 2 * produced * _elements(kernel[:-1])
    if op.type == "DepthwiseConv2dNative":
        return 2 * produced * _elements(op.inputs[1].shape[:2])
    if op.type in ("Conv2DBackpropInput", "Conv3DBackpropInputV2"):
        return 2 * _elements(op.inputs[2].shape) * _elements(op.inputs[1].shape[:-1])
    if op.type in ("MaxPool", "AvgPool", "MaxPool3D", "AvgPool3D"):
        return produced * math.prod(op.get_attr("ksize"))
    if op.inputs and op.type in ("Mean", "Sum", "Max", "Min"):
        return _elements(op.inputs[0].shape)
    return produced
