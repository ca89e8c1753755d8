"""Decides whether to use XLA when `jit_compile=None`: a rule over traced operations, and a cost
estimate.

XLA saves TensorFlow's overhead per operation and fuses chains of small ones; on a CPU it is slower
at convolution, pooling, large tables, random numbers and gathering rows. So it pays for small
networks in long runs. The decision only depends on the graph and the length of the run, never on
measured time: two runs with the same seed make the same choice.
"""

import math

import tensorflow as tf

from tfk.engine.data.memory import total_bytes
from tfk.utils.graph_operations import operations

# Operations that XLA compiles without a slowdown. Others are never compiled.
GOOD = frozenset(
    """
    Abs Acos Acosh Add AddN AddV2 All Any ArgMax ArgMin Asin Asinh Atan Atan2 Atanh BatchMatMul
    BatchMatMulV2 BatchMatMulV3 BiasAdd BiasAddGrad Bitcast BitwiseAnd BitwiseOr BitwiseXor
    BroadcastGradientArgs BroadcastTo Cast Ceil CheckNumerics ClipByValue Concat ConcatV2 Const Cos
    Cosh Cumprod Cumsum Diag DiagPart Div DivNoNan DynamicStitch Einsum Elu EluGrad Empty Equal Erf
    Erfc Exp ExpandDims Expm1 Fill Floor FloorDiv FloorMod FusedBatchNorm FusedBatchNormGrad
    FusedBatchNormGradV2 FusedBatchNormGradV3 FusedBatchNormV2 FusedBatchNormV3 Gather GatherNd
    GatherV2 Greater GreaterEqual Identity IdentityN Inv Invert InvGrad IsFinite IsInf IsNan L2Loss
    LeakyRelu LeakyReluGrad LeftShift Less LessEqual Log Log1p LogicalAnd LogicalNot LogicalOr
    LogSoftmax MatMul MatrixDiag MatrixDiagPart Max Maximum Mean Min Minimum Mod Mul MulNoNan Neg
    NextAfter NoOp NotEqual OneHot OnesLike Pack Pad PadV2 Placeholder PlaceholderWithDefault Pow
    PreventGradient Prod Range Rank ReadVariableOp Real RealDiv Reciprocal ReciprocalGrad Relu Relu6
    Relu6Grad ReluGrad Reshape Reverse ReverseV2 RightShift Rint Roll Round Rsqrt RsqrtGrad Select
    SelectV2 Selu SeluGrad Shape ShapeN Sigmoid SigmoidGrad Sign Sin Sinh Size Slice Snapshot
    Softmax SoftmaxCrossEntropyWithLogits Softplus SoftplusGrad Softsign SoftsignGrad
    SparseSoftmaxCrossEntropyWithLogits Split SplitV Sqrt SqrtGrad Square SquaredDifference Squeeze
    StatelessRandomGetKeyCounter StatelessRandomNormalV2 StatelessRandomUniformFullIntV2
    StatelessRandomUniformIntV2 StatelessRandomUniformV2 StatelessTruncatedNormalV2 StopGradient
    StridedSlice StridedSliceGrad Sub Sum Tan Tanh TanhGrad TensorScatterAdd TensorScatterUpdate
    Tile TopK TopKV2 Transpose Unpack UnsortedSegmentSum Where3 Xdivy Xlogy ZerosLike
    AssignAddVariableOp AssignSubVariableOp AssignVariableOp VariableShape VarIsInitializedOp
    ResourceApplyAdaMax ResourceApplyAdadelta ResourceApplyAdagrad ResourceApplyAdagradV2
    ResourceApplyAdam ResourceApplyAdamWithAmsgrad ResourceApplyAddSign ResourceApplyCenteredRMSProp
    ResourceApplyFtrl ResourceApplyFtrlV2 ResourceApplyGradientDescent ResourceApplyKerasMomentum
    ResourceApplyMomentum ResourceApplyPowerSign ResourceApplyProximalAdagrad
    ResourceApplyProximalGradientDescent ResourceApplyRMSProp PartitionedCall
    StatefulPartitionedCall If StatelessIf Assert
    """.split()
)
# Allowed as long as no seed has been set: XLA draws other numbers, and not the same ones in every
# process.
STATEFUL_RANDOM = frozenset(
    {"RandomUniform", "RandomStandardNormal", "RandomUniformInt", "TruncatedNormal"}
)

# Those that XLA fuses into one pass over memory.
ELEMENTWISE = frozenset(
    """
    Abs Add AddN AddV2 BiasAdd BroadcastTo Cast Div DivNoNan Elu EluGrad Equal Erf Exp Expm1 Fill
    Floor Greater GreaterEqual LeakyRelu LeakyReluGrad Less LessEqual Log Log1p LogicalAnd
    LogicalNot LogicalOr Maximum Minimum Mul Neg NotEqual OnesLike Pow RealDiv Reciprocal Relu Relu6
    Relu6Grad ReluGrad Round Rsqrt RsqrtGrad Select SelectV2 Selu SeluGrad Sigmoid SigmoidGrad Sign
    Softmax Softplus SoftplusGrad Softsign SoftsignGrad Sqrt SqrtGrad Square SquaredDifference Sub
    Tanh TanhGrad Tile Xdivy Xlogy ZerosLike
    """.split()
)
FREE = frozenset(
    {"Const", "Identity", "NoOp", "Placeholder", "ReadVariableOp", "StopGradient", "Shape"}
)

# Seconds, measured on two cores of a server against the plain loop; the orders of magnitude are
# what matters.
SAVED_PER_OPERATION = 0.4e-6
SAVED_PER_ELEMENT = 0.3e-9  # of the results of elementwise operations
LOST_PER_RANDOM_NUMBER = 4e-9
LOST_PER_BYTE_PICKED = 0.15e-9
PER_FLOATING_POINT_OPERATION = 5e-12  # of matrix products, which cost the same in both
PRICE = 0.1  # of compiling, and
PRICE_PER_OPERATION = 2e-3
# The results of all operations of a step together, which is more than it holds at any moment.
LARGEST_STEP = 2**32  # bytes
LARGEST_FRACTION = 0.25  # of the memory that the process can have
# Minimum fraction of a step's time to save: below, even the sign of the estimate is uncertain.
LEAST_SHARE = 0.1


class Estimate:
    """Estimated savings and cost of XLA for one traced step, in seconds.

    Args:
        step: The concrete function of a step.
        batch_size: Value of unknown sizes.
        bytes_picked: Bytes per batch that the loop gathers.
    """

    def __init__(self, step, batch_size, bytes_picked):
        self.batch_size = batch_size
        counted = [operation for operation in operations(step.graph) if operation.type not in FREE]
        results = [
            (operation.type, sum(map(self.elements, operation.outputs))) for operation in counted
        ]
        fused = sum(count for kind, count in results if kind in ELEMENTWISE)
        random = sum(count for kind, count in results if "Random" in kind)
        saved = SAVED_PER_OPERATION * len(counted) + SAVED_PER_ELEMENT * fused
        self.gain = saved - LOST_PER_RANDOM_NUMBER * random - LOST_PER_BYTE_PICKED * bytes_picked
        self.price = PRICE + PRICE_PER_OPERATION * len(counted)
        self.memory = sum(self.bytes(output) for each in counted for output in each.outputs)
        products = (operation for operation in counted if "MatMul" in operation.type)
        self.step_time = saved + PER_FLOATING_POINT_OPERATION * sum(map(self.work, products))

    def elements(self, tensor):
        """Return the number of values in a tensor."""
        sizes = tensor.shape.as_list() if tensor.shape.rank is not None else [0]
        return math.prod(self.batch_size if size is None else size for size in sizes)

    def bytes(self, tensor):
        """Return the bytes of a tensor; handles and similar count as 0."""
        return self.elements(tensor) * (
            tensor.dtype.size if tensor.dtype.is_numpy_compatible else 0
        )

    def work(self, product):
        """Return the floating-point operations of a matrix product."""
        left, right = product.inputs[:2]
        result = self.elements(product.outputs[0])
        # (b, m, k) @ (b, k, n): the three counts multiply to (b m n k)^2 / b, with one k for every
        # value of the result.
        return 2 * math.sqrt(result * self.elements(left) * self.elements(right))

    def pays(self, steps):
        """Return whether `steps` steps save more than compiling costs, by a safe margin."""
        return self.gain > LEAST_SHARE * self.step_time and steps * self.gain > self.price

    def fits(self, total):
        """Return whether the step is small relative to `total` bytes of memory.

        On a CPU, a step under XLA that runs out of memory crashes the process; the plain step
        raises ResourceExhaustedError, and the model survives.
        """
        return self.memory <= min(LARGEST_STEP, LARGEST_FRACTION * total)


def pays(step, batch_size, bytes_picked, steps):
    """Return whether XLA may compile a traced step, and `steps` steps are worth it."""
    if refusals(step):
        return False
    estimate = Estimate(step, batch_size, bytes_picked)
    return estimate.pays(steps) and estimate.fits(total_bytes())


def refusals(step):
    """Return the kinds of operations that prevent XLA from compiling a traced step, sorted; empty
    if there are none.

    Args:
        step: The concrete function of a step.
    """
    found = set()
    for operation in operations(step.graph):
        kind = operation.type
        if kind in STATEFUL_RANDOM:
            if operation.get_attr("seed") or operation.get_attr("seed2"):
                found.add(f"{kind} (seeded)")
        elif kind not in GOOD or any(
            output.dtype in (tf.string, tf.variant) for output in operation.outputs
        ):
            found.add(kind)
    return sorted(found)
