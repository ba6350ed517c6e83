"""Lesson 7: where it errs, and why.

The question: a few digits in a hundred are read wrong. Which ones, how sure is the network of them, and what
in the picture misled it?

You'll see the mistakes that cost most; that the network is less sure of its mistakes than of its right
answers, but not always; which digits it takes for which; and the pixels that tip the balance: for half of the
mistakes two or three, for a typical right answer several more.

Try:
- `EPOCHS = 15`: fewer mistakes, but the network is surer of them on average.
- `UNITS = 16`: more mistakes, and a network that is less sure of all its answers, the right ones too.
"""

import matplotlib.pyplot as plt
import numpy as np
from lesson import save, start

from numpy_ann.data import mnist
from numpy_ann.inspection import most_confused, saliency, worst_mistakes
from numpy_ann.layers import Dense, Flatten, Input
from numpy_ann.models import Sequential
from numpy_ann.plots import plot_mistakes, plot_saliency

UNITS, EPOCHS = 128, 3
picture = start(__file__, __doc__)

(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train, x_test = x_train / 255.0, x_test / 255.0
hidden = Dense(UNITS, activation="relu")
model = Sequential([Input((28, 28)), Flatten(), hidden, Dense(10, activation="softmax")], seed=1)
model.compile("adam", "sparse_categorical_crossentropy")
model.fit(x_train, y_train, epochs=EPOCHS, batch_size=128, verbose=0)

# 1. The mistakes, the costliest first. What one costs is the loss, -log of the true digit's probability.
p = model.predict(x_test, verbose=0)
answer = p.argmax(axis=1)
wrong = np.flatnonzero(answer != y_test)
loss = -np.log(p[wrong, y_test[wrong]])
worst = wrong[np.argsort(-loss, kind="stable")]
mistakes = worst_mistakes(model, x_test, y_test, 5)
print(mistakes)
print(f"By hand: test digits {worst[:5]}, losses {np.sort(loss)[:-6:-1].round(2)}")

# 2. How sure was it?
sure = p.max(axis=1)
right = answer == y_test
averages = f"{sure[right].mean():.1%} sure of a right answer, {sure[~right].mean():.1%} of a wrong one"
print(f"\nOn average it is {averages}")
for low, high in ((0, 0.5), (0.5, 0.9), (0.9, 0.99), (0.99, 1)):
    among = (sure > low) & (sure <= high)
    share = (among & ~right).sum() / among.sum()
    print(f"  {low:4.0%} to {high:4.0%} sure: {among.sum():5} answers, {share:6.2%} of them wrong")
second = np.argsort(p, axis=1)[:, -2]
print(
    f"Of {len(wrong)} mistakes, {(second == y_test)[wrong].mean():.0%} had the true digit as the second guess"
)

# 3. Which digits it takes for which.
print(f"\n{most_confused(model, x_test, y_test, 4)}")

# 4. Why? The score of the wrong answer minus that of the true digit is what has to fall below 0. Its
# derivative with respect to the pixels: through W2, the relu, which lets only active units through, and W1.
W1, b1, W2, b2 = model.get_weights()
active = x_test[worst].reshape(-1, 784) @ W1 + b1 > 0
dz = W2[:, answer[worst]].T - W2[:, y_test[worst]].T
by_hand = ((dz * active) @ W1.T).reshape(-1, 28, 28)
misled = saliency(model, x_test[worst], answer[worst]) - saliency(model, x_test[worst], y_test[worst])
print(f"\nLargest difference of the derivative by hand from saliency's: {np.abs(by_hand - misled).max():.0e}")


# 5. Is that the reason? Darken the pixels that spoke for the answer most, light those whose light would have
# spoken against it, and count how many it takes until the network prefers the other digit.
def pixels_to_turn(images, dx, other):
    """Return for each image how many pixels, up to 100, it takes until the answer is `other`."""
    x, dx = images.reshape(-1, 784).copy(), dx.reshape(-1, 784)
    wanted = (dx < 0).astype(x.dtype)  # what each pixel would have to be
    order = np.argsort(dx * (wanted - x), axis=1)  # what changing it brings, the most first
    needed = np.full(len(x), 100)
    for count in range(1, 100):
        pixel = order[:, count - 1, np.newaxis]
        np.put_along_axis(x, pixel, np.take_along_axis(wanted, pixel, axis=1), axis=1)
        turned = model.predict(x.reshape(-1, 28, 28), verbose=0).argmax(axis=1) == other
        needed[turned] = np.minimum(needed[turned], count)
    return needed


some = np.flatnonzero(right)[: len(worst)]
held = saliency(model, x_test[some], answer[some]) - saliency(model, x_test[some], second[some])
of_mistakes = np.median(pixels_to_turn(x_test[worst], misled, y_test[worst]))
of_right = np.median(pixels_to_turn(x_test[some], held, second[some]))
print(f"Of 784 pixels, changing {of_mistakes:.0f} turns half of the mistakes into the right answer;")
print(f"to turn half of as many right answers into the second guess takes {of_right:.0f}")

figure, axes = plt.subplots(2, 5, figsize=(8, 3.9), layout="constrained")
plot_mistakes(x_test, mistakes, axes=axes[0], cmap="gray_r")
plot_saliency(x_test[worst[:5]], misled[:5], axes=axes[1])
for ax in axes[1]:
    ax.set_title("", loc="right")
figure.suptitle("The worst mistakes. Ink on orange speaks for the answer, on blue for the truth")
save(figure, picture)
