"""Watch a network learn to tell two spirals apart: its decision map over the epochs, as a GIF.

    python examples/decision_map.py

It leaves outputs/decision_map.gif, and the last map as outputs/decision_map.png.
"""

import argparse
from pathlib import Path

from numpy_ann.data import toy
from numpy_ann.inspection import DecisionMapRecorder
from numpy_ann.layers import Dense, Input
from numpy_ann.models import Sequential
from numpy_ann.optimizers import Adam
from numpy_ann.plots import plot_decision_map


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=60, help="how long to train (60)")
    parser.add_argument("--output", type=Path, default=Path("outputs"), help="folder for results (outputs)")
    arguments = parser.parse_args()

    x, y = toy.spirals()
    model = Sequential(
        [
            Input(shape=(2,)),
            Dense(32, activation="relu"),
            Dense(32, activation="relu"),
            Dense(1, activation="sigmoid"),
        ],
        seed=0,
    )
    model.compile(optimizer=Adam(0.01), loss="binary_crossentropy", metrics=["accuracy"])
    film = arguments.output / "decision_map.gif"
    model.fit(x, y, epochs=arguments.epochs, callbacks=[DecisionMapRecorder(x, y, film, every=3)])
    picture = film.with_suffix(".png")
    plot_decision_map(model, x, y).figure.savefig(picture)
    print(f"{film}: {film.stat().st_size / 1000:.0f} kB. The last map: {picture}")


if __name__ == "__main__":
    main()
