"""Private names of the compiled loss of a model."""

from tfk.engine.training.loss_metrics import CompiledLoss

CLASS = CompiledLoss
NAMES = {
    "_loss_weights": (
        property(lambda loss: loss.user_loss_weights),
        "adversarial-robustness-toolbox",
    )
}
