"""Lesson 5: Adam step by step, against SGD, in a valley.

The question: the gradient says where down is; how far should a step go?

You'll see a long, narrow valley: steep from side to side, nearly flat along. One learning rate for both is
too long for the one or too short for the other. Adam divides the step in each direction by the size of the
gradients seen there: its first step is `learning_rate` in every direction, whatever the slope. The last table
shows what that is good for. Where its learning rate was chosen for the valley, SGD with momentum is the best
of the three. In the same valley a hundred times as deep it flies out, in a shallower one it creeps; Adam
walks as before.

Try:
- Turn the valley: `ANGLE = 45.0`. SGD doesn't notice, as its steps turn along. Adam sizes its steps along the
  axes, and both gradients are about alike there: after 50 steps it is behind both of the others.
- `Adam(0.02)`: a step is hardly longer than 0.02 in either direction, so 60 of them don't reach the bottom,
  which is 4 away. That is what the learning rate means for Adam: about the length of a step.
"""

import matplotlib.pyplot as plt
import numpy as np
from lesson import save, start

from numpy_ann.optimizers import SGD, Adam

STEEPNESS, ANGLE, STEPS = 50.0, 0.0, 200
picture = start(__file__, __doc__)

# 1. The valley: L = (u^2 + STEEPNESS v^2) / 2, where u runs along it and v across.
cos, sin = np.cos(np.radians(ANGLE)), np.sin(np.radians(ANGLE))
turn = np.array([[cos, sin], [-sin, cos]])  # (u, v) = turn theta
curvature = turn.T @ np.diag([1.0, STEEPNESS]) @ turn
beginning = turn.T @ np.array([-4.0, 1.0])


def loss(theta):
    return theta @ curvature @ theta / 2


# 2. Adam's first steps by hand. m is a running mean of the gradient, v of its square. Both begin at 0, which
# the division by 1 - beta^t makes up for.
learning_rate, beta_1, beta_2, epsilon = 0.2, 0.9, 0.999, 1e-7
theta, m, v = beginning.copy(), np.zeros(2), np.zeros(2)
adam, theta_of_adam = Adam(learning_rate), beginning.copy()
print("Adam         gradient           m                  v                    step")
for t in (1, 2, 3):
    g = curvature @ theta
    m = beta_1 * m + (1 - beta_1) * g
    v = beta_2 * v + (1 - beta_2) * g**2
    mean, size = m / (1 - beta_1**t), np.sqrt(v / (1 - beta_2**t))
    step = -learning_rate * mean / (size + epsilon)
    theta = theta + step
    adam.step(theta_of_adam, curvature @ theta_of_adam)
    columns = (f"({a[0]:6.2f}, {a[1]:6.2f})" for a in (g, m))
    print(f"step {t}   ", *columns, f"({v[0]:.5f}, {v[1]:.5f})", f"({step[0]:.3f}, {step[1]:.3f})", sep="   ")
# numpy_ann, as Keras, adds epsilon to the root before the correction of v: no difference that matters.
print(f"Largest difference from numpy_ann's Adam after 3 steps: {np.abs(theta - theta_of_adam).max():.0e}")


# 3. The whole way, with the library's optimizers.
def walk(optimizer, factor=1.0):
    path = [beginning.copy()]
    for _ in range(STEPS):
        theta = path[-1].copy()
        optimizer.step(theta, factor * curvature @ theta)
        path.append(theta)
    return np.array(path)


makers = {
    "SGD {:g}": lambda: SGD(0.03),
    "SGD {:g}, momentum 0.8": lambda: SGD(0.03, momentum=0.8),
    "Adam {:g}": lambda: Adam(0.2),
}
makers = {name.format(float(make().learning_rate)): make for name, make in makers.items()}
figure, axes = plt.subplots(2, 2, figsize=(8, 5.2), layout="constrained")
u, v = np.meshgrid(np.linspace(-5, 2, 141), np.linspace(-2, 2, 81))
points = np.stack([u, v], axis=-1)
heights = np.einsum("...i,ij,...j->...", points, curvature, points) / 2
print(f"\nThe loss starts at {loss(beginning):.2f}. After")
print("steps                 " + "".join(f"{n:>10}" for n in (1, 10, 50, STEPS)))
for i, (ax, (name, make)) in enumerate(zip(axes.flat, makers.items(), strict=False)):
    path = walk(make())
    losses = np.array([loss(theta) for theta in path])
    print(f"{name:<22}" + "".join(f"{losses[n]:10.2g}" for n in (1, 10, 50, STEPS)))
    ax.contour(u, v, heights, levels=[0.3, 1, 3, 10, 30, 90], colors="0.7", linewidths=0.8)
    ax.plot(*path[:60].T, "o-", markersize=2.5, linewidth=1, color=f"C{i}")
    ax.plot(0, 0, "k+", markersize=10)
    ax.set_title(f"{name}: 60 steps")
    axes[1, 1].semilogy(losses, label=name)

# 4. The same valley, the loss multiplied: as if it were counted in another unit.
print(f"\nThe distance from the bottom after {STEPS} steps, if the loss is multiplied by")
print("                      " + "".join(f"{factor:>10}" for factor in (0.01, 1, 100)))
with np.errstate(over="ignore", invalid="ignore"):
    for name, make in makers.items():
        far = [np.linalg.norm(walk(make(), factor)[-1]) for factor in (0.01, 1, 100)]
        print(f"{name:<22}" + "".join(f"{d:10.1g}" if np.isfinite(d) else "  flew out" for d in far))

axes[1, 1].set(title="The loss", xlabel="step")
axes[1, 1].legend(fontsize=8)
save(figure, picture)
