"""The minimum of a convex loss, by Newton's method."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]


def minimum(
    loss: Callable[[Doubles], float],
    slopes: Callable[[Doubles], tuple[Doubles, Doubles]],
    start: Doubles,
    *,
    rounds: int,
    near: float,
) -> Doubles:
    """The weights of least loss from `start` on, after so many rounds, or once no weight moves by `near`.

    `slopes` gives the gradient and the Hessian. A step that would raise the loss is halved until it does not.
    """
    weights = start
    for _ in range(rounds):
        gradient, hessian = slopes(weights)
        step = np.linalg.solve(hessian, gradient)
        before = loss(weights)
        while loss(weights - step) > before and np.abs(step).max() > 1e-9:
            step = step / 2
        weights = weights - step
        if np.abs(step).max() < near:
            break
    return weights
