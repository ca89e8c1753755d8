"""Private names of the compiled metrics of a model."""

from tfk.engine.training.loss_metrics import CompiledMetrics

CLASS = CompiledMetrics
NAMES = {
    "_weighted_metrics": (
        property(lambda metrics: metrics.user_weighted_metrics),
        "adversarial-robustness-toolbox",
    )
}
