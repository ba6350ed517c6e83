"""The callbacks of Keras; ``PATH`` stands for a folder."""

from pathlib import Path
from typing import Any

from tests.parts import Case, Part

__all__ = ["CASES", "in_folder"]


def case(name: str, /, *args: Any, **options: Any) -> Case:
    return Case.of(f"callbacks.{name}", args, options)


def in_folder(case: Case, folder: Path) -> Part:
    """Return the call with its paths in ``folder``."""

    def placed(value: Any) -> Any:
        return value.replace("PATH", str(folder)) if isinstance(value, str) else value

    options = {key: placed(value) for key, value in case.part.options.items()}
    return Part(case.part.path, options, [placed(value) for value in case.part.args])


CASES = [
    case("EarlyStopping", patience=2, verbose=1, restore_best_weights=True),
    case("EarlyStopping", monitor="val_accuracy", patience=1, verbose=1, min_delta=0.01),
    case("EarlyStopping", monitor="loss", patience=3, verbose=1, baseline=0.2),
    case("EarlyStopping", patience=0, verbose=1, start_from_epoch=4),
    case("ModelCheckpoint", "PATH/m.keras", verbose=1),
    case("ModelCheckpoint", "PATH/{epoch}-{val_loss:.2f}.h5", verbose=1, save_best_only=True),
    case("ModelCheckpoint", "PATH/{epoch}-{batch}-{loss:.3f}.keras", verbose=1, save_freq=4),
    case(
        "ModelCheckpoint",
        "PATH/{epoch:02d}.weights.h5",
        monitor="val_accuracy",
        verbose=1,
        save_best_only=True,
        save_weights_only=True,
        initial_value_threshold=0.4,
    ),
    case("ReduceLROnPlateau", patience=1, factor=0.5, verbose=1, cooldown=1, min_lr=0.004),
    case("ReduceLROnPlateau", monitor="val_accuracy", patience=2, verbose=1),
    case("LearningRateScheduler", lambda epoch, rate: rate * 0.9, verbose=1),
    case("LearningRateScheduler", lambda epoch: 0.1 / (epoch + 1), verbose=1),
    case("CSVLogger", "PATH/log.csv", separator=";"),
    case("TerminateOnNaN"),
    case("SwapEMAWeights"),
    case("SwapEMAWeights", swap_on_epoch=True),
]
