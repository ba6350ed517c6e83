"""Lesson 4: what dropout does.

The question: why would it help to switch off a part of the network at random while it learns?

You'll see a mask, why what is left is scaled up, and two networks that learn 1,000 digits by heart. Without
dropout the loss on other digits is lowest after a few epochs and then rises: the network gets surer of its
mistakes. With dropout, of a fifth of the pixels and half of the hidden units, it falls for far longer, gets
lower, and more of the other digits are read right.

Try:
- `RATE = 0.9`: too little is left to learn with. Even the training digits are learned badly.
- `IMAGES = 5000`: more data is the better cure. Without dropout, the lowest loss on other digits is now about
  half of what it was, lower than dropout brought it with 1,000. (It takes five times as long.)
"""

import matplotlib.pyplot as plt
import numpy as np
from lesson import save, start

from numpy_ann.data import mnist
from numpy_ann.layers import Dense, Dropout, Flatten, Input
from numpy_ann.models import Sequential

OF_PIXELS, RATE, IMAGES, EPOCHS = 0.2, 0.5, 1000, 40
picture = start(__file__, __doc__)
np.set_printoptions(precision=3, suppress=True)

# 1. In training, each number is dropped with probability RATE. The others are divided by 1 - RATE, so that
# the sum is the same on average: the next layer sees inputs of the usual size.
rng = np.random.default_rng(0)
x = np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
mask = (rng.random(6) >= RATE) / (1 - RATE)
print(f"x          {x}")
print(f"mask       {mask}")
print(f"x mask     {x * mask}")
masks = (rng.random((100_000, 6)) >= RATE) / (1 - RATE)
print(f"the mean of x mask over 100,000 masks  {(x * masks).mean(axis=0)}")

# 2. The layer does it in training alone; and the gradient goes back through the same mask: a dropped unit
# had no say in the answer, so it doesn't learn from it.
layer = Dropout(RATE, seed=1)
print(f"\nDropout({RATE}) in training         {layer.forward(x[np.newaxis], training=True)[0]}")
print(f"  the gradient of a sum behind it  {layer.backward(np.ones((1, 6)))[0]}")
print(f"  in prediction                    {layer.forward(x[np.newaxis])[0]}")

# 3. Two networks, few digits.
(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train, y_train = x_train[:IMAGES] / 255.0, y_train[:IMAGES]
x_test, y_test = x_test[::2] / 255.0, y_test[::2]  # every other one: 5,000 are enough to see it


def train(of_pixels, rate):
    """Train for EPOCHS and return what happened, with the test digits as validation data."""
    hidden = [Dense(256, activation="relu"), Dropout(rate), Dense(256, activation="relu"), Dropout(rate)]
    layers = [Input((28, 28)), Flatten(), Dropout(of_pixels), *hidden, Dense(10, activation="softmax")]
    model = Sequential(layers, seed=1)
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    options = {"epochs": EPOCHS, "batch_size": 32, "verbose": 0, "validation_batch_size": 1000}
    return model, model.fit(x_train, y_train, validation_data=(x_test, y_test), **options).history


print(f"\n{IMAGES} training digits, {len(x_test)} test digits, {EPOCHS} epochs")
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.8), layout="constrained")
epochs = np.arange(EPOCHS) + 1
for name, rates in {"without dropout": (0.0, 0.0), "with dropout": (OF_PIXELS, RATE)}.items():
    model, history = train(*rates)
    test_loss, others = history["val_loss"], history["val_accuracy"][-1]
    lowest = int(np.argmin(test_loss))
    by_heart = model.evaluate(x_train, y_train, verbose=0)[1]
    print(f"{name}: {by_heart:.1%} of the training digits right, {others:.1%} of the others")
    best = f"{test_loss[lowest]:.3f} in epoch {lowest + 1}, the lowest"
    print(f"  test loss {best}; {test_loss[-1]:.3f} at the end")
    # With dropout, the training loss is higher than it would be without the masks that it is measured under.
    left.plot(epochs, history["loss"], label=name)
    right.plot(
        epochs, test_loss, markevery=[lowest], marker="o", markersize=8, label=f"{name}: {others:.1%} right"
    )
left.set(xlabel="epoch", ylim=(0, 1), title=f"Loss on the {IMAGES:,} digits it learns")
right.set(xlabel="epoch", ylim=(0.2, 0.6), title="Loss on other digits; a dot: its lowest")
for ax in left, right:
    ax.legend()
save(figure, picture)
