"""Lesson 2: backpropagation, checked numerically.

The question: how do you know that a derivative worked out on paper, and programmed, is right?

You'll see the backward pass of a network with two layers in six lines. Then each weight is moved a little, up
and down, and the change of the loss is compared with what the derivative foretold. They agree to nine digits
or so, if the step h is neither too long nor too short.

Try:
- Forget the tanh's derivative: `dz1 = dh`. Both parameters of the first layer are now wrong by far; those of
  the second are still right, as the error is made behind them on the way back.
- `DTYPE = np.float32`. With 7 digits instead of 16 the best step is longer, about 1e-2, and no step gives
  more than four digits or so. That is why gradients are checked in float64.
"""

import matplotlib.pyplot as plt
import numpy as np
from lesson import save, start

from numpy_ann import check_gradients
from numpy_ann.inspection import trace
from numpy_ann.layers import Dense, Input
from numpy_ann.models import Sequential

DTYPE = np.float64
picture = start(__file__, __doc__)

# A network of 3 inputs, 4 hidden units and 2 classes, and a batch of 5 samples.
rng = np.random.default_rng(0)
x, y = rng.normal(size=(5, 3)).astype(DTYPE), np.eye(2, dtype=DTYPE)[[0, 1, 1, 0, 1]]
shapes = {"W1": (3, 4), "b1": (4,), "W2": (4, 2), "b2": (2,)}
theta = {name: rng.normal(size=shape).astype(DTYPE) for name, shape in shapes.items()}


def forward(theta):
    """Return the loss, the mean cross-entropy, and what the way back needs."""
    h = np.tanh(x @ theta["W1"] + theta["b1"])
    e = np.exp(h @ theta["W2"] + theta["b2"])
    p = e / e.sum(axis=1, keepdims=True)  # softmax
    return -np.mean(np.log((p * y).sum(axis=1))), h, p


def backward(theta):
    """Return the gradient of the loss, from the last line of `forward` to the first."""
    _, h, p = forward(theta)
    dz2 = (p - y) / len(x)  # softmax and cross-entropy together: lesson 3
    dh = dz2 @ theta["W2"].T
    dz1 = dh * (1 - h**2)  # tanh' = 1 - tanh^2
    return {"W1": x.T @ dz1, "b1": dz1.sum(axis=0), "W2": h.T @ dz2, "b2": dz2.sum(axis=0)}


# 1. One weight, by hand. The loss at w + h and at w - h give the slope between them.
def slope(theta, name, index, h):
    up, down = ({**theta, name: theta[name].copy()} for _ in range(2))
    up[name][index] += h
    down[name][index] -= h
    return (forward(up)[0] - forward(down)[0]) / (2 * h)


gradient = backward(theta)
print(f"W1[0, 0] = {theta['W1'][0, 0]:.4f}, the loss is {forward(theta)[0]:.4f}")
print(f"  its derivative by backpropagation  {gradient['W1'][0, 0]:.10f}")
print(f"  the loss's slope between w +- 1e-5 {slope(theta, 'W1', (0, 0), 1e-5):.10f}")


# 2. All of them: the largest difference, relative to the largest number of each gradient.
def error(name, h):
    slopes = np.array([slope(theta, name, i, h) for i in np.ndindex(shapes[name])]).reshape(shapes[name])
    return np.abs(slopes - gradient[name]).max() / np.abs(gradient[name]).max()


for name in theta:
    print(f"{name}: {theta[name].size:2} numbers, largest relative error {error(name, 1e-5):.1e}")

# 3. The library's network with the same weights has the same gradient, can show the whole pass, and can check
# itself.
model = Sequential(
    [Input((3,)), Dense(4, activation="tanh"), Dense(2, activation="softmax")], dtype="float64"
)
model.set_weights(list(theta.values()))
model.compile("sgd", "categorical_crossentropy")
traced = trace(model, x, y)  # one forward and one backward pass, every number by its name
names = ("dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias")
pairs = zip(gradient.values(), (traced[f"{name}/gradient"] for name in names), strict=True)
print(f"\nLargest difference from numpy_ann's: {max(np.abs(ours - g).max() for ours, g in pairs):.1e}")
print(f"\n{traced}\n\nThe library's own network; each number relative to itself, until it agrees to 1e-6:")
print(check_gradients(model, x, y))

# 4. How long should the step be? A long one sees the curve instead of its tangent, an error that shrinks as
# h^2. A short one subtracts two losses that differ in their last digits alone, an error that grows as 1/h.
steps = np.logspace(-12, 0, 37)
errors = [max(error(name, h) for name in theta) for h in steps]
print(f"\nThe best of {len(steps)} steps is h = {steps[np.argmin(errors)]:.0e}, error {min(errors):.1e}")

figure, ax = plt.subplots(figsize=(8, 4.2), layout="constrained")
ax.loglog(steps, errors, "o-", markersize=4, label="largest relative error")
ax.loglog(steps, np.finfo(DTYPE).eps / steps, "k:", label="rounding: the precision / h")
ax.loglog(steps, steps**2, "k--", label="curvature: h$^2$")
ax.set(xlabel="step h", ylim=(1e-13, 1e3), title="Too long, too short: the error of a numerical derivative")
ax.legend()
save(figure, picture)
