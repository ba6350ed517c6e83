"""The optimizers with their own options, and with those that all of them share."""

from dataclasses import dataclass
from typing import Any

from tests.parts import Case, Part

__all__ = ["CASES", "GRADIENTS", "START", "OptimizerCase"]

# What the stored steps are of: two variables, of three numbers and of one; four gradients of each.
START = [[1.0, -2.0, 0.5], [3.0]]
GRADIENTS = [
    [[0.1, -3.0, 0.0], [1.0]],
    [[0.2, 1.0, -0.5], [-0.25]],
    [[-0.3, 0.5, 1e-4], [0.0]],
    [[0.4, -0.25, 2.0], [1e-3]],
]


@dataclass(frozen=True)
class OptimizerCase(Case):
    """An optimizer, and what is special about its steps."""

    moves_at_0: bool = False
    """Whether a gradient of 0 moves a parameter: weights decay, or are pulled towards 0."""
    rests: bool = False
    """Whether a gradient may leave a parameter where it is: at 0."""

    @property
    def scheduled(self) -> bool:
        """Whether a schedule sets the learning rate."""
        return any(isinstance(value, Part) for value in (*self.part.args, *self.part.options.values()))


def case(name: str, /, *args: Any, **options: Any) -> OptimizerCase:
    return OptimizerCase.of(f"optimizers.{name}", args, options)


def decaying(name: str, /, *args: Any, **options: Any) -> OptimizerCase:
    return OptimizerCase.of(f"optimizers.{name}", args, options, moves_at_0=True)


def schedule(name: str, /, *args: Any, **options: Any) -> Part:
    return Part(f"optimizers.schedules.{name}", options, args)


CASES = [
    case("SGD"),
    case("SGD", 0.1, momentum=0.9),
    case("SGD", 0.1, momentum=0.5, nesterov=True, name="own"),
    case("SGD", 0.1, nesterov=True),
    case("SGD", 0.1, momentum=0.5, clipnorm=0.5),
    case("SGD", 0.1, clipvalue=0.3),
    case("SGD", 0.1, global_clipnorm=0.5),
    case("SGD", 0.1, use_ema=True, ema_momentum=0.5, ema_overwrite_frequency=2),
    decaying("SGD", 0.1, momentum=0.9, nesterov=True, weight_decay=0.05),
    case("RMSprop"),
    case("RMSprop", 0.01, rho=0.5, epsilon=1e-3),
    case("RMSprop", 0.01, momentum=0.5),
    case("RMSprop", 0.01, centered=True),
    case("RMSprop", 0.01, momentum=0.5, centered=True),
    decaying("RMSprop", 0.1, use_ema=True, ema_overwrite_frequency=2, weight_decay=0.1),
    case("Adagrad"),
    case("Adagrad", 0.1, initial_accumulator_value=1.0, epsilon=1e-3),
    case("Adagrad", 0.1, clipvalue=0.5),
    case("Adadelta"),
    case("Adadelta", 1.0, rho=0.5, epsilon=1e-3),
    case("Adadelta", 1.0, use_ema=True),
    case("Adam"),
    case("Adam", 0.1, beta_1=0.5, beta_2=0.9, epsilon=1e-2),
    # Keras' v + (g^2 - v), in float32, is not g^2 where g is much smaller than before.
    OptimizerCase.of("optimizers.Adam", (), {"beta_1": 0, "beta_2": 0}, stored=False),
    case("Adam", 0.01, amsgrad=True),
    case("Adam", 0.1, use_ema=True, ema_momentum=0.5),
    case("AdamW", weight_decay=0.0),
    case("AdamW", 0.01, 0.0, amsgrad=True),
    decaying("AdamW", 0.01),
    case("Adamax"),
    case("Adamax", 0.1, beta_1=0.5, beta_2=0.9, epsilon=1e-2),
    case("Nadam"),
    case("Nadam", 0.1, beta_1=0.5, beta_2=0.9, epsilon=1e-2),
    case("Nadam", 0.1, global_clipnorm=0.5),
    case("Nadam", 0.01, use_ema=True),
    case("Lion"),
    case("Lion", 0.1, beta_1=0.5, beta_2=0.9),
    case("Adamax", 0.1, use_ema=True, clipnorm=0.5),
    case("Lion", schedule("ExponentialDecay", 0.1, 2, 0.5)),
    decaying("Ftrl", 0.1),
    decaying("Ftrl", 0.5, learning_rate_power=-0.75, initial_accumulator_value=0.5, beta=0.25),
    # The first strength holds small parameters at 0.
    OptimizerCase.of(
        "optimizers.Ftrl",
        (0.5,),
        {
            "l1_regularization_strength": 0.5,
            "l2_regularization_strength": 0.25,
            "l2_shrinkage_regularization_strength": 0.125,
        },
        moves_at_0=True,
        rests=True,
    ),
    case("Lamb", 0.1),
    case("Lamb", 0.1, beta_1=0.5, beta_2=0.75, epsilon=1e-2, use_ema=True),
    case("Adafactor", 0.1),
    case("Adafactor", schedule("ExponentialDecay", 0.5, 2, 0.5), beta_2_decay=-0.5, clip_threshold=0.5),
    case("Adafactor", 0.1, epsilon_1=1e-3, epsilon_2=0.5, relative_step=False),
    case("SGD", 0.1, momentum=0.5, gradient_accumulation_steps=2, clipnorm=0.5),
    case("Adam", 0.1, gradient_accumulation_steps=2, use_ema=True, ema_overwrite_frequency=2),
    case("Nadam", schedule("ExponentialDecay", 0.1, 2, 0.5), gradient_accumulation_steps=3, weight_decay=0.1),
    case("SGD", 0.1, loss_scale_factor=8.0),
]
