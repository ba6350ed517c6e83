"""Lesson 6: what the first layer learns.

The question: a unit of the first layer has 784 weights, one a pixel. What do they look like, and what does
one unit do for the answer?

You'll see the weights as pictures, noise before training and strokes after it; pixels that are dark in every
image, whose weights never change; and one unit taken apart: its sum on one digit, which digits excite it, and
what becomes of the answers without it.

Try:
- `UNITS = 8`: each unit has to serve more digits, and fewer test digits are read right. Without one of so few
  units, far fewer.
- `REGULARIZER = "l2"` adds the sum of the squared weights, times 0.01, to the loss. What no digit needs is
  drawn to 0, so the noise is gone, at the dark pixels too, and the strokes stand out.
"""

import matplotlib.pyplot as plt
import numpy as np
from lesson import save, start

from numpy_ann.data import mnist
from numpy_ann.inspection import weight_images
from numpy_ann.layers import Dense, Flatten, Input
from numpy_ann.models import Sequential
from numpy_ann.plots import plot_weights
from numpy_ann.plots.colors import diverging

UNITS, REGULARIZER, EPOCHS = 32, None, 5
picture = start(__file__, __doc__)

(x_train, y_train), (x_test, y_test) = mnist.load_data()
x_train, x_test = x_train / 255.0, x_test / 255.0
hidden = Dense(UNITS, activation="relu", kernel_regularizer=REGULARIZER)
model = Sequential([Input((28, 28)), Flatten(), hidden, Dense(10, activation="softmax")], seed=3)
before = weight_images(model)
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=EPOCHS, batch_size=128, verbose=0)
accuracy = model.evaluate(x_test, y_test, verbose=0)[1]
print(f"{UNITS} units read {accuracy:.2%} of the test digits right")

# 1. The weights of unit j are the column W[:, j], in the order of the pixels, and so make a picture.
W1, b1, W2, b2 = model.get_weights()
after = weight_images(model)
print(f"weight_images(model)[j] is W[:, j] as a picture: {np.array_equal(after, W1.T.reshape(-1, 28, 28))}")

# 2. Where a pixel is always dark, x = 0, the gradient x^T dz is 0, and the weight stays as it began.
dark = (x_train == 0).all(axis=0)
changed = (after != before).any(axis=0)
print(f"{dark.sum()} of 784 pixels are dark in all training images; ", end="")
print(f"at {(dark & changed).sum()} of them a weight has changed, and at {(~dark & changed).sum()} others")

# 3. One unit, on one digit. Each unit hands h = relu(x W + b) on, and adds h W2 to each digit's score.
digit = 0
x, label = x_test[digit].ravel(), y_test[digit]
h = np.maximum(x @ W1 + b1, 0)
unit = int(np.argmax(h * W2[:, label]))
terms = x * W1[:, unit]
print(f"\nTest digit {digit} is a {label}. Unit {unit} does most for that answer:")
print(f"  {(terms > 0).sum()} pixels speak for it, {terms[terms > 0].sum():6.2f}")
print(f"  {(terms < 0).sum()} against it,        {terms[terms < 0].sum():6.2f}")
print(f"  its bias is            {b1[unit]:6.2f}")
print(f"  h = relu(the sum)      {h[unit]:6.2f}")
print(f"  the layer says         {hidden.forward(x[np.newaxis])[0, unit]:6.2f}")
print(f"  and it adds h * {W2[unit, label]:.2f} = {h[unit] * W2[unit, label]:.2f} to the score of {label}")

# 4. What else it responds to, and what it is for: the digits' scores with the unit switched off.
H = np.maximum(x_test.reshape(-1, 784) @ W1 + b1, 0)
without = H.copy()
without[:, unit] = 0
right = [np.argmax(units @ W2 + b2, axis=1) == y_test for units in (H, without)]
print(f"\nUnit {unit}        " + "".join(f"{d:7}" for d in range(10)))
print("mean output    " + "".join(f"{H[y_test == d, unit].mean():7.2f}" for d in range(10)))
print("adds to score  " + "".join(f"{w:7.2f}" for w in W2[unit]) + "   for each 1 of output")
print("right          " + "".join(f"{right[0][y_test == d].mean():7.1%}" for d in range(10)))
print("right without  " + "".join(f"{right[1][y_test == d].mean():7.1%}" for d in range(10)))
print(f"Without it {right[1].mean():.2%} of all test digits are read right")

figure = plt.figure(figsize=(8, 5.4), layout="constrained")
above, below = figure.subfigures(2, 1, height_ratios=[6, 5])
first, then = above.subplots(1, 2, width_ratios=[1, 2])  # 16 units and all 32, so that tiles are of one size
plot_weights(before[:16], ax=first).set_title("Before training")
plot_weights(after, ax=then).set_title("After training: orange adds, blue subtracts")
shown, times, of_unit, equals, product = below.subplots(1, 5, width_ratios=[6, 1, 6, 1, 6])
shown.imshow(x_test[digit], cmap="gray_r")
shown.set_title(f"x: a {label}")
for ax, image in (of_unit, after[unit]), (product, terms.reshape(28, 28)):
    ax.imshow(image, cmap=diverging(), vmin=-np.abs(image).max(), vmax=np.abs(image).max())
of_unit.set_title(f"w: unit {unit}")
product.set_title(f"x w: the sum is {terms.sum():.2f}")
for ax, sign in (times, "×"), (equals, "="):
    ax.text(0.5, 0.5, sign, fontsize=24, ha="center", va="center")
for ax in shown, times, of_unit, equals, product:
    ax.set_axis_off()
save(figure, picture)
