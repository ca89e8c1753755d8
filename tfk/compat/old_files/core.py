"""`keras.layers.core`: layers that stand for TensorFlow functions in a functional model."""

from tfk.engine.graph.tf_ops import InstanceMethod, InstanceProperty, SlicingOpLambda, TFOpLambda

ClassMethod = InstanceMethod
TensorFlowOpLayer = TFOpLambda  # TensorFlow 2.1 to 2.3

__all__ = [
    "ClassMethod",
    "InstanceMethod",
    "InstanceProperty",
    "SlicingOpLambda",
    "TFOpLambda",
    "TensorFlowOpLayer",
]
