"""The options that every optimizer takes, beside those of its own rule."""

from typing import TypedDict

__all__ = ["DEFAULTS", "Options", "OtherOptions"]


class OtherOptions(TypedDict, total=False):
    """The keyword arguments that ``Optimizer`` describes, but for ``weight_decay``."""

    clipnorm: float | None
    global_clipnorm: float | None
    clipvalue: float | None
    use_ema: bool
    ema_momentum: float
    ema_overwrite_frequency: int | None
    loss_scale_factor: None
    gradient_accumulation_steps: None
    name: str | None


class Options(OtherOptions, total=False):
    """The keyword arguments that ``Optimizer`` describes."""

    weight_decay: float | None


DEFAULTS: Options = {
    "weight_decay": None,
    "clipnorm": None,
    "global_clipnorm": None,
    "clipvalue": None,
    "use_ema": False,
    "ema_momentum": 0.99,
    "ema_overwrite_frequency": None,
    "loss_scale_factor": None,
    "gradient_accumulation_steps": None,
}
"""What they are when left out, in the order of Keras' configurations."""
