// Places for nodes that were not drawn before. No randomness: the same view has the same picture.

const PHONE = innerWidth < 720; // fewer nodes, so that they can be touched, and higher than wide
const GAP = 62; // the distance between neighbours that is aimed at, in the network's own units

const WIDE = 88; // axes of the ellipse that a node and its name need
const HIGH = 60;

/** Push overlapping nodes apart, those of `fixed` excepted: the page's twin of `kg/export/spread.py`. */
function apart(places, fixed = new Set(), rounds = 80) {
  const all = [...places].map(([id, { x, y }]) => ({ id, x, y, free: !fixed.has(id) }));
  for (let round = 0; round < rounds; round += 1) {
    for (let i = 0; i < all.length; i += 1) {
      if (!all[i].free) continue;
      for (let j = 0; j < all.length; j += 1) if (j > i || !all[j].free) push(all[i], all[j]);
    }
  }
  for (const { id, x, y } of all) places.set(id, { x, y });
}

function push(a, b) {
  const dx = (b.x - a.x) / WIDE || 0.001;
  const dy = (b.y - a.y) / HIGH;
  const square = dx * dx + dy * dy;
  if (square >= 1 || (!a.free && !b.free)) return;
  const distance = Math.sqrt(square);
  const step = (1 - distance) / distance / (a.free && b.free ? 2 : 1);
  if (a.free) {
    a.x -= dx * step * WIDE;
    a.y -= dy * step * HIGH;
  }
  if (b.free) {
    b.x += dx * step * WIDE;
    b.y += dy * step * HIGH;
  }
}

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
function relax(places, links, { fixed = new Set(), steps = 160, gap = GAP } = {}) {
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
        dx[i] -= x[i] * (PHONE ? 0.9 : 0.4); // what is tied to nothing must not drift away
        dy[i] -= y[i] * (PHONE ? 0.3 : 0.5);
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
    if (!free[i]) continue;
    for (let j = 0; j < x.length; j += 1) {
      if (i === j || (free[j] && j < i)) continue;
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
