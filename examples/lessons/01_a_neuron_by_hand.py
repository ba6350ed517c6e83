"""Lesson 1: a neuron by hand.

The question: what does one neuron compute, and what does it mean that it learns?

You'll see a weighted sum, a squashing function, and five lines of arithmetic that move a line until it
separates two groups of points. `Dense(1, activation="sigmoid")`, trained by `fit`, ends in the same place.

Try:
- `LEARNING_RATE = 0.01`: after the same 100 steps the line has hardly moved.
- The logical or: `t = (corners[:, 0] | corners[:, 1]).astype(float)`. One neuron learns that as easily.
- Exclusive or: `t = (corners[:, 0] != corners[:, 1]).astype(float)`. No straight line has two opposite
  corners on one side and the other two on the other, so one neuron can't learn it. That takes a second layer.
"""

import matplotlib.pyplot as plt
import numpy as np
from lesson import save, start

from numpy_ann.layers import Dense, Input
from numpy_ann.models import Sequential
from numpy_ann.optimizers import SGD

LEARNING_RATE, STEPS = 1.0, 100
picture = start(__file__, __doc__)


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


# 1. What it computes: weigh the inputs, add a bias, squash the sum to a number between 0 and 1.
x, w, b = np.array([0.9, 0.2]), np.array([0.5, -1.0]), 0.1
z = x @ w + b
print(f"z = {x[0]} * {w[0]} + {x[1]} * {w[1]} + {b} = {z:.2f}")
print(f"y = sigmoid(z) = {sigmoid(z):.4f}")

# The library's neuron with the same weights says the same.
model = Sequential([Input((2,)), Dense(1, activation="sigmoid")], dtype="float64")
model.set_weights([w[:, np.newaxis], np.array([b])])
print(f"Dense(1, activation='sigmoid') says {model.predict([x], verbose=0)[0, 0]:.4f}")

# 2. Something to learn, the logical and: 200 points around the corners of a square; the upper right is 1.
rng = np.random.default_rng(0)
corners = rng.integers(0, 2, (200, 2))
X = corners + rng.normal(0, 0.12, (200, 2))
t = (corners[:, 0] & corners[:, 1]).astype(float)


# 3. How it learns. The loss is the binary cross-entropy, the mean of -log(y) where the target t is 1 and of
# -log(1 - y) where it is 0. Its derivative with respect to z is y - t: too high a y pulls z down, too low a
# one pulls it up. And z changes with each w by that weight's x, hence dw = x^T dz.
def loss_of(y):
    return -np.mean(t * np.log(y) + (1 - t) * np.log(1 - y))


lines, losses = {}, []
for step in range(STEPS + 1):
    y = sigmoid(X @ w + b)
    losses.append(loss_of(y))
    if step in (0, 10, STEPS):
        lines[step] = (w, b)
        weights = f"w = ({w[0]:5.2f}, {w[1]:5.2f}), b = {b:5.2f}"
        print(f"step {step:3}: {weights}, loss {losses[-1]:.4f}, {np.mean((y > 0.5) == t):.0%} right")
    dz = (y - t) / len(t)  # the loss is a mean
    dw, db = X.T @ dz, dz.sum()
    w, b = w - LEARNING_RATE * dw, b - LEARNING_RATE * db

# 4. The library does the same: each epoch is one step, as the batch holds all the points.
model.compile(SGD(LEARNING_RATE), "binary_crossentropy")
model.fit(X, t, epochs=STEPS + 1, batch_size=len(X), verbose=0)
kernel, bias = model.get_weights()
difference = max(np.abs(kernel[:, 0] - w).max(), abs(bias[0] - b))
print(f"\nLargest difference from the weights that fit() finds: {difference:.1e}")

# 5. Where z = 0 the neuron is undecided: a straight line, w1 x1 + w2 x2 + b = 0, that learning moves.
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.8), layout="constrained")
left.scatter(*X[t == 0].T, s=14, label="target 0")
left.scatter(*X[t == 1].T, s=14, marker="s", label="target 1")
x1 = np.array([-0.5, 1.5])
for (step, (w, b)), style in zip(lines.items(), (":", "--", "-"), strict=True):
    left.plot(x1, -(w[0] * x1 + b) / w[1], f"k{style}", linewidth=1.2, label=f"undecided, step {step}")
left.set(
    xlim=(-0.5, 1.5),
    ylim=(-0.5, 2.4),
    xticks=[0, 1],
    yticks=[0, 1],
    xlabel="x1",
    ylabel="x2",
    title="Where the neuron is undecided",
)
left.legend(fontsize=8, ncols=2, loc="upper center", frameon=True, framealpha=1)
right.plot(losses)
right.set(xlabel="step", ylim=(0, None), title="The loss, step by step")
save(figure, picture)
