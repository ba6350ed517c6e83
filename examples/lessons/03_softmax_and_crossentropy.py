"""Lesson 3: why softmax and cross-entropy belong together.

The question: why does a classifier end in a softmax, and why is its loss not the mean squared error?

You'll see the exponential and the logarithm fall away, and p - y stay; what that saves from overflowing; and
that a network which is certain and wrong learns fast with cross-entropy and hardly at all with squared error.

Try:
- `START = 2.0`: a mistake that the network is not so sure of. Squared error needs a few steps only, too.
- `START = 12.0`: it is surer still. Cross-entropy takes a few steps more, squared error tens of thousands.
"""

import matplotlib.pyplot as plt
import numpy as np
from lesson import save, start

from numpy_ann.activations import softmax
from numpy_ann.losses import MeanSquaredError, softmax_crossentropy, softmax_crossentropy_gradient

START, LEARNING_RATE = 6.0, 1.0
picture = start(__file__, __doc__)
np.set_printoptions(precision=4, suppress=True)

# 1. The gradient, the long way. Softmax: p = exp(z) / sum exp(z). Cross-entropy: l = -sum y log p.
z, y = np.array([2.0, 1.0, -1.0]), np.array([0.0, 1.0, 0.0])  # the second class is the true one
p = np.exp(z) / np.exp(z).sum()
print(f"z = {z}, p = {p}, loss = {-np.log(p[1]):.4f}")
dp = -y / p  # the derivative of -y log p
jacobian = np.diag(p) - np.outer(p, p)  # dp_i / dz_j = p_i (1 if i is j, else 0) - p_i p_j
print(f"through both derivatives: dz = {jacobian @ dp}")
print(f"p - y                     dz = {p - y}")
losses, p_library = softmax_crossentropy(z[np.newaxis], y[np.newaxis])
dz_library = softmax_crossentropy_gradient(p_library, y[np.newaxis])
print(f"numpy_ann: loss {losses[0]:.4f}, dz = {dz_library[0]}")

# 2. Large numbers. One after the other, exp overflows or log meets a 0. Together, log p = z - log sum exp(z).
large = np.array([1000.0, 0.0, -1000.0])
with np.errstate(all="ignore"):
    naive = np.exp(large) / np.exp(large).sum()
    shifted = np.exp(large - large.max())  # changes nothing: exp(z - c) / sum exp(z - c) is the same p
    shifted /= shifted.sum()
    print(f"\nz = {large}, p = {naive} by the formula, {shifted} with the largest z taken off")
    print(f"loss if the second class is true: {-np.log(shifted[1])} by -log p,", end=" ")
print(f"{softmax_crossentropy(large[np.newaxis], np.array([1]))[0][0]} in one piece")


# 3. Two classes, the first is the true one: from certain and wrong (z = -8, 0) to certain and right (8, 0).
def gradients(z):
    """Return the losses and their gradients with respect to z: of cross-entropy, of squared error."""
    y = np.broadcast_to([1.0, 0.0], z.shape)
    cross, p = softmax_crossentropy(z, y)
    dz_cross = softmax_crossentropy_gradient(p, y)
    # Squared error: dp = 2 (p - y) / 2 classes, and then the way back through the softmax,
    # dz = p (dp - sum p dp). Where p is nearly 0 or 1, that makes nearly 0 of any dp.
    dp = p - y
    dz_squared = p * (dp - (p * dp).sum(axis=1, keepdims=True))
    return cross, MeanSquaredError().per_sample(p, y), dz_cross, dz_squared, softmax.backward(dp, p)


margin = np.linspace(-8, 8, 161)
cross, squared, dz_cross, dz_squared, dz_library = gradients(
    np.stack([margin, np.zeros_like(margin)], axis=1)
)
print("\nz of the true class minus z of the wrong one; the pull on it, -dz")
print("          p(true)  cross-entropy  squared error")
for i in (0, 40, 60, 80, 100, 120):
    p_true = 1 / (1 + np.exp(-margin[i]))
    print(f"{margin[i]:6.1f}    {p_true:.4f}   {-dz_cross[i, 0]:.4f}         {-dz_squared[i, 0]:.4f}")
difference = np.abs(dz_squared - dz_library).max()
print(f"Largest difference from the way back through numpy_ann's softmax: {difference:.0e}")


# 4. Begin certain and wrong, and count the steps until the true class is the likelier one.
def steps_to_right(which):
    z, steps = np.array([[-START, 0.0]]), 0
    while z[0, 0] <= z[0, 1] and steps < 100_000:
        z -= LEARNING_RATE * gradients(z)[which]
        steps += 1
    return steps


cross_steps, squared_steps = steps_to_right(2), steps_to_right(3)
print(f"\nFrom z = ({-START}, 0): {cross_steps} steps with cross-entropy, {squared_steps} with squared error")

figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.6), layout="constrained")
for ax, curves in (left, (cross, squared)), (right, (-dz_cross[:, 0], -dz_squared[:, 0])):
    ax.plot(margin, curves[0], label="cross-entropy")
    ax.plot(margin, curves[1], "--", label="squared error")
    ax.set_xlabel("wrong  <-  margin of the true class  ->  right")
    ax.legend()
left.set_title("The loss")
right.set_title("The pull towards the true class, -dz")
save(figure, picture)
