// Places for nodes that were not drawn before. No randomness: the same view has the same picture.

const GAP = 62; // the distance between neighbours that is aimed at, in the network's own units

/** Places on a sunflower around (x, y), `skip` seeds left free in the middle. */
function sunflower(ids, x, y, gap, skip = 1) {
  return ids.map((id, i) => {
    const angle = (i + skip) * 2.399963;
    const radius = gap * Math.sqrt(i + skip);
    return [id, { x: x + radius * Math.cos(angle), y: y + radius * Math.sin(angle) }];
  });
}

/**
 * Let linked nodes attract and all nodes repel each other (Fruchterman and Reingold 1991), cooling down.
 * `places` (Map id -> {x, y}) is changed; ids of `fixed` keep theirs.
 */
function relax(places, links, { fixed = new Set(), steps = 160, gap = GAP, pull = 0.012 } = {}) {
  const ids = [...places.keys()];
  const at = new Map(ids.map((id, i) => [id, i]));
  const x = Float64Array.from(ids, (id) => places.get(id).x);
  const y = Float64Array.from(ids, (id) => places.get(id).y);
  const free = ids.map((id) => !fixed.has(id));
  const pairs = links.map(([a, b]) => [at.get(a), at.get(b)]);
  let heat = gap * 1.5;
  for (let step = 0; step < steps; step += 1, heat *= 0.977) {
    const dx = new Float64Array(ids.length);
    const dy = new Float64Array(ids.length);
    repel(x, y, dx, dy, gap, free);
    attract(x, y, dx, dy, gap, pairs);
    for (let i = 0; i < ids.length; i += 1) {
      if (!free[i]) continue;
      if (!fixed.size) {
        dx[i] -= x[i] * pull * 3;
        dy[i] -= y[i] * pull * 4;
      }
      const length = Math.hypot(dx[i], dy[i]) || 1;
      x[i] += (dx[i] / length) * Math.min(length, heat);
      y[i] += (dy[i] / length) * Math.min(length, heat);
    }
  }
  ids.forEach((id, i) => places.set(id, { x: x[i], y: y[i] }));
}

function repel(x, y, dx, dy, gap, free) {
  const strength = gap * gap * 1.6;
  for (let i = 0; i < x.length; i += 1) {
    for (let j = i + 1; j < x.length; j += 1) {
      if (!free[i] && !free[j]) continue;
      let ux = x[i] - x[j];
      let uy = y[i] - y[j];
      let square = ux * ux + uy * uy;
      if (square < 0.01) {
        ux = 0.1 * (1 + (i % 7));
        uy = 0.1 * (1 + (j % 5));
        square = ux * ux + uy * uy;
      }
      const force = strength / square;
      dx[i] += ux * force;
      dy[i] += uy * force;
      dx[j] -= ux * force;
      dy[j] -= uy * force;
    }
  }
}

function attract(x, y, dx, dy, gap, pairs) {
  for (const [i, j] of pairs) {
    const ux = x[i] - x[j];
    const uy = y[i] - y[j];
    const force = Math.hypot(ux, uy) / gap / 2.2;
    dx[i] -= ux * force;
    dy[i] -= uy * force;
    dx[j] += ux * force;
    dy[j] += uy * force;
  }
}
