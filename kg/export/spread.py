"""Drawn nodes moved apart until their names have room, keeping their arrangement."""

from __future__ import annotations

import math

WIDE, HIGH = 88.0, 68.0  # axes of the ellipse that a node and its name need, in units of the page
ROUNDS = 120
PULL = 0.004  # towards the middle in each round, so that the whole stays compact


def spread(places: dict[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """`places` with overlaps pushed out, pair by pair in the order of the keys; for a few hundred nodes.

    Same places, same result. Not every overlap can be undone in a fixed number of rounds; few stay.
    """
    keys = list(places)
    at = [[x + 0.01 * i, float(y)] for i, (x, y) in enumerate(places.values())]
    for _ in range(ROUNDS):
        for point in at:
            point[0] -= point[0] * PULL
            point[1] -= point[1] * PULL
        if not _push_all(at):
            break
    return {key: (round(x), round(y)) for key, (x, y) in zip(keys, at, strict=True)}


def _push_all(at: list[list[float]]) -> bool:
    moved = False
    for i, a in enumerate(at):
        for b in at[i + 1 :]:
            dx, dy = (b[0] - a[0]) / WIDE, (b[1] - a[1]) / HIGH
            distance = math.hypot(dx, dy)
            if distance >= 1.0:
                continue
            push = (1.0 - distance) / 2 / (distance or 1.0)
            a[0] -= dx * push * WIDE
            a[1] -= dy * push * HIGH
            b[0] += dx * push * WIDE
            b[1] += dy * push * HIGH
            moved = True
    return moved
