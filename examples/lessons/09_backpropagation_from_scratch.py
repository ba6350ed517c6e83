"""Lesson 9: backpropagation from scratch.

The question: how does a program know the derivative of whatever you write?

You'll see one neuron's derivative worked out by hand, then a tape of fifteen lines that finds it by itself,
then the library's tape, which does the same for arrays, and a network trained by it. The picture is the graph
that the tape remembers: what was made of what, each with its value and its gradient.

Try:
- `STEPS = 20`: the network has only begun to bend.
- `TARGET = 0.8`: the neuron's output is nearer to it, and all gradients are smaller.
"""

import matplotlib.pyplot as plt
import numpy as np
from lesson import save, start

from numpy_ann import ops
from numpy_ann.plots import plot_tape

STEPS, TARGET = 3000, -0.5
picture = start(__file__, __doc__)

# 1. By hand. One neuron, y = tanh(w x + b), and its loss, L = (y - t)^2. The chain rule, from the end:
x, w, b = 1.5, 0.8, -0.4
z = w * x + b
y = np.tanh(z)
loss = (y - TARGET) ** 2
dy = 2 * (y - TARGET)  # of the square
dz = dy * (1 - y**2)  # of tanh
dw, db = dz * x, dz  # of the product and the sum
print(f"L = {loss:.4f}, and by hand dL/dw = {dw:.4f}, dL/db = {db:.4f}")


# 2. A tape. Each number remembers what it was made of, and the derivative by each of these. Going back from
# the last one, each hands its gradient on, times that derivative; where two ways meet, gradients add up.
class Number:
    """A number on the tape."""

    def __init__(self, value, made_of=()):
        self.value, self.made_of, self.gradient = value, made_of, 0.0

    def __add__(self, other):
        return Number(self.value + other.value, [(self, 1.0), (other, 1.0)])

    def __mul__(self, other):
        return Number(self.value * other.value, [(self, other.value), (other, self.value)])

    def tanh(self):
        y = np.tanh(self.value)
        return Number(y, [(self, 1 - y**2)])

    def backward(self, gradient=1.0):
        self.gradient += gradient
        for parent, derivative in self.made_of:
            parent.backward(gradient * derivative)


W, B = Number(w), Number(b)
error = (W * Number(x) + B).tanh() + Number(-TARGET)
(error * error).backward()
print(f"fifteen lines find    dL/dw = {W.gradient:.4f}, dL/db = {B.gradient:.4f}")

# 3. The library's tape does that for arrays. Every function of numpy_ann.ops stands beside its derivative,
# and NumPy's own functions and operators mean these.
with ops.GradientTape() as tape:
    leaves = tape.watch({"w": np.array(w), "b": np.array(b), "x": np.array(x)})
    on_tape = np.square(np.tanh(leaves["w"] * leaves["x"] + leaves["b"]) - TARGET)


found = tape.gradient(on_tape, leaves)
print(f"the library's tape    dL/dw = {found['w']:.4f}, dL/db = {found['b']:.4f}")
print(f"Largest difference: {max(abs(found['w'] - dw), abs(found['b'] - db)):.1e}")

# 4. A network, trained by nothing else: a hidden layer of 12, to follow a wave.
rng = np.random.default_rng(0)
X = np.linspace(-3, 3, 80)[:, np.newaxis]
T = np.sin(2 * X) + 0.3 * X
theta = {
    "W1": rng.normal(0, 1.5, (1, 12)), "b1": rng.normal(0, 1.5, 12), "W2": rng.normal(0, 0.3, (12, 1)),
    "b2": np.zeros(1),
}  # fmt: skip


def predicted(theta):
    return np.tanh(X @ theta["W1"] + theta["b1"]) @ theta["W2"] + theta["b2"]


def loss_of(theta):
    return np.mean(np.square(predicted(theta) - T))


for step in range(STEPS + 1):
    value, gradient = ops.value_and_grad(loss_of)(theta)
    if step % (STEPS // 3) == 0:
        print(f"step {step:3}: loss {value:.4f}")
    theta = {name: theta[name] - 0.1 * gradient[name] for name in theta}

figure, (graph, curve) = plt.subplots(1, 2, figsize=(8, 3), width_ratios=[5, 3], layout="constrained")
plot_tape(on_tape, leaves, ax=graph)  # what the tape remembers: from each array to those it was made of
curve.plot(X, T, color="0.6", label="wanted")
curve.plot(X, predicted(theta), label=f"after {STEPS} steps")
graph.set_title("What the tape remembers: value, (gradient)")
curve.set_title("A network trained by it")
curve.legend(fontsize=8)
save(figure, picture)
