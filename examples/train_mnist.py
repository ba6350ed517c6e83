"""Train a neural network to read handwritten digits, in twelve steps: from the download to a saved model.

The steps, the calls and their order are those of the usual Keras tutorial. Run it with
``python examples/train_mnist.py``; ``--help`` lists what can be changed.
"""

import argparse
import logging
from pathlib import Path
from time import perf_counter

import numpy as np

from numpy_ann.data import mnist
from numpy_ann.inspection import to_html
from numpy_ann.layers import Dense, Dropout, Flatten, Input
from numpy_ann.metrics import classification_report, confusion_matrix
from numpy_ann.models import Sequential, load_model
from numpy_ann.plots import plot_confusion_matrix, plot_history, plot_images
from numpy_ann.utils import set_random_seed, to_categorical


def main() -> None:
    options = parse_options()
    logging.basicConfig(format="%(message)s")  # shows which download source was passed over, and why
    plt = prepare_figures(options.show)
    set_random_seed(options.seed)
    rng = np.random.default_rng(options.seed)
    output = options.output
    output.mkdir(parents=True, exist_ok=True)

    heading(1, "Load MNIST")
    (X_train, y_train), (X_test, y_test) = mnist.load_data(options.data)
    print(f"training images  {X_train.shape} {X_train.dtype}, labels {y_train.shape} {y_train.dtype}")
    print(f"test images      {X_test.shape} {X_test.dtype}, labels {y_test.shape} {y_test.dtype}")

    heading(2, "Scale the pixels to numbers from 0 to 1")
    print(f"before: {X_train.min()} to {X_train.max()}")
    X_train, X_test = X_train / 255.0, X_test / 255.0
    print(f"after:  {X_train.min()} to {X_train.max()}")

    heading(3, "Turn the labels into one-hot rows")
    y_train_cat, y_test_cat = to_categorical(y_train, 10), to_categorical(y_test, 10)
    print(f"the first label is {y_train[0]}; its row is {y_train_cat[0].astype(int)}")

    heading(4, "Look at some digits")
    axes = plot_images(X_train, y_train, indices=rng.choice(len(X_train), 9, replace=False))
    save_figure(axes.flat[0].figure, output / "digits.png")

    heading(5, "Build the network")
    model = Sequential(
        [
            Input(shape=(28, 28)),
            Flatten(),
            Dense(128, activation="relu"),
            Dropout(0.3),
            Dense(64, activation="relu"),
            Dropout(0.3),
            Dense(10, activation="softmax"),
        ]
    )
    model.summary()

    heading(6, "Train it")
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    start = perf_counter()
    history = model.fit(
        X_train, y_train_cat, epochs=options.epochs, batch_size=options.batch_size, validation_split=0.1
    )
    print(f"trained for {options.epochs} epochs in {perf_counter() - start:.1f} s")

    heading(7, "Test it on images it has never seen")
    test_loss, test_accuracy = model.evaluate(X_test, y_test_cat, verbose=0)
    print(f"test loss      {test_loss:.4f}")
    print(f"test accuracy  {test_accuracy:.4f}")

    heading(8, "Plot how it learned")
    figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
    plot_history(history, "accuracy", ax=left)
    plot_history(history, "loss", ax=right)
    save_figure(figure, output / "history.png")

    heading(9, "See which digits it confuses")
    y_pred_classes = np.argmax(model.predict(X_test, verbose=0), axis=1)
    cm = confusion_matrix(y_test, y_pred_classes)
    mistakes = cm - np.diag(np.diag(cm))
    true, predicted = np.unravel_index(mistakes.argmax(), mistakes.shape)
    print(f"{mistakes.sum()} of {len(y_test)} are wrong")
    print(f"most often a {true} is read as a {predicted}: {mistakes.max()} times")
    save_figure(plot_confusion_matrix(cm).figure, output / "confusion_matrix.png")

    heading(10, "Precision and recall, digit by digit")
    print(classification_report(y_test, y_pred_classes))

    heading(11, "Save the model, as a Keras file, and a page to look into it")
    path = output / "mnist_ann_model.h5"
    model.save(path)
    print(f"{path}: {path.stat().st_size / 1e6:.1f} MB")
    to_html(model, output / "explorer.html", X_test, y_test, history)
    print(f"{output / 'explorer.html'}: open it in a browser, draw a digit, click a unit")

    heading(12, "Load it again")
    reloaded = load_model(path)
    again = reloaded.evaluate(X_test, y_test_cat, verbose=0)
    equal = again == [test_loss, test_accuracy]
    print(f"test loss      {again[0]:.4f}")
    print(f"test accuracy  {again[1]:.4f}")
    print("the same numbers, to the last bit" if equal else "NOT the same numbers")
    if options.show:
        plt.show()
    if not equal:
        raise SystemExit(1)


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description="Train a neural network on MNIST, from the download to a saved model.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    parser.add_argument("--epochs", type=positive, default=10, help="how often to go through the images")
    parser.add_argument("--batch-size", type=positive, default=128, help="images a training step")
    parser.add_argument("--seed", type=int, default=42, help="makes a run repeatable")
    parser.add_argument("--output", type=Path, default=Path("outputs"), help="folder for figures and model")
    parser.add_argument(
        "--data",
        type=Path,
        help="folder with the four MNIST files; without it they are downloaded once and kept in a cache",
    )
    parser.add_argument("--show", action="store_true", help="open the figures in windows at the end")
    return parser.parse_args()


def positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return number


def prepare_figures(show: bool):
    import matplotlib as mpl

    if not show:
        mpl.use("Agg")  # files only: works without a screen
    import matplotlib.pyplot as plt

    return plt


def heading(number: int, text: str) -> None:
    print(f"\n{number}. {text}")


def save_figure(figure, path: Path) -> None:
    figure.savefig(path, dpi=110)
    print(f"wrote {path}")


if __name__ == "__main__":
    main()
