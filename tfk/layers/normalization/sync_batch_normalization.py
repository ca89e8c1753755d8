"""The old name of batch normalization with statistics of all replicas."""

from tfk.layers.normalization.batch_normalization import BatchNormalization
from tfk.saving.registry import register


@register("layers.experimental")
class SyncBatchNormalization(BatchNormalization):
    """`BatchNormalization(synchronized=True)` under the name of Keras 2.2 to 2.12.

    Args: those of `BatchNormalization` that exist here, with the same defaults.
    Input shape: Any. Output shape: The same.
    """

    def __init__(
        self,
        axis=-1,
        momentum=0.99,
        epsilon=1e-3,
        center=True,
        scale=True,
        beta_initializer="zeros",
        gamma_initializer="ones",
        moving_mean_initializer="zeros",
        moving_variance_initializer="ones",
        beta_regularizer=None,
        gamma_regularizer=None,
        beta_constraint=None,
        gamma_constraint=None,
        **kwargs,
    ):
        super().__init__(
            axis=axis,
            momentum=momentum,
            epsilon=epsilon,
            center=center,
            scale=scale,
            beta_initializer=beta_initializer,
            gamma_initializer=gamma_initializer,
            moving_mean_initializer=moving_mean_initializer,
            moving_variance_initializer=moving_variance_initializer,
            beta_regularizer=beta_regularizer,
            gamma_regularizer=gamma_regularizer,
            beta_constraint=beta_constraint,
            gamma_constraint=gamma_constraint,
            **{**kwargs, "synchronized": True},
        )

    def get_config(self):
        config = super().get_config()
        config.pop("synchronized", None)
        return config
