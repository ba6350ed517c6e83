"""How much is measured: everything, what fits in three minutes, or just enough to see that it runs."""

from dataclasses import dataclass, replace
from typing import Self

__all__ = ["FULL", "QUICK", "SMOKE", "Settings"]


@dataclass(frozen=True)
class Settings:
    """The sizes of the work and the numbers of repetitions.

    A *round* starts every peer anew and has them take turns, once a *repetition*, after a warm-up.
    """

    train_images: int = 54_000
    rounds: int = 3
    repetitions: int = 5
    tutorial_epochs: int = 10
    tutorial_repetitions: int = 5
    single_images: int = 200  # a repetition
    single_patience: float = 3.0  # seconds a repetition
    import_repetitions: int = 15
    widths: tuple[int, ...] = (128, 256, 512, 1024, 2048)
    batches: tuple[int, ...] = (32, 128, 512, 2048, 4096)
    rows: tuple[int, ...] = (1_000, 10_000, 100_000, 1_000_000)
    growth_work: float = 5e10  # floating-point operations an epoch that widths and batches are compared on
    # Large enough for every peer to be imported, so that what fails is the training.
    mapped_limit: int = 1536 * 2**20  # bytes
    mapped_rows: int = 2_500_000  # 784 bytes each: 1869 * 2**20
    mapped_patience: float = 480.0  # seconds
    made_up: bool = False  # whether the images are, instead of MNIST's
    rest: float = 0.3  # seconds between turns, in which the threads of the one before fall asleep

    def changed(self, *, rounds: int | None, repetitions: int | None) -> Self:
        """Return the settings with those numbers, where they are given."""
        settings = self if rounds is None else replace(self, rounds=rounds)
        if repetitions is None:
            return settings
        return replace(settings, repetitions=repetitions, tutorial_repetitions=repetitions)


FULL = Settings()

QUICK = Settings(
    rounds=1,
    repetitions=2,
    tutorial_epochs=2,
    tutorial_repetitions=2,
    single_patience=1.0,
    import_repetitions=3,
    widths=(128, 512, 1024),
    batches=(128, 4096),
    rows=(1_000, 10_000, 100_000),
    growth_work=1e10,
    mapped_limit=200 * 2**20,
    mapped_rows=300_000,
    mapped_patience=60.0,
)

SMOKE = Settings(
    train_images=600,
    rounds=1,
    repetitions=1,
    tutorial_epochs=1,
    tutorial_repetitions=1,
    single_images=3,
    import_repetitions=1,
    widths=(128,),
    batches=(32,),
    rows=(1_000,),
    growth_work=1e8,
    mapped_limit=140 * 2**20,
    mapped_rows=200_000,
    mapped_patience=300.0,
    made_up=True,
    rest=0.0,
)
