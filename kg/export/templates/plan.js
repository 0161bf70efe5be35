// Which nodes a state draws, and where.

const MOST = 300; // nodes drawn at once
const START = PHONE ? 36 : 80; // nodes of a view of the most named entities
const AROUND = PHONE ? 20 : 45; // neighbours around a centre
const STEP = 20; // neighbours that one expansion adds

class Planner {
  constructor(graph, opening) {
    this.graph = graph;
    this.opening = opening;
    this.known = new Map();
  }

  /** Plan anew: more of the graph has come. */
  forget() {
    this.known.clear();
  }

  /** {places: Map id -> {x, y}, lines, filter, paths, full}: the same state has the same plan. */
  plan(state) {
    const filter = new Filter(this.graph, state);
    const { places, paths, full } = this.step(state, filter, state.more.length);
    const ids = [...places.keys()].sort((a, b) => a - b);
    return { places: new Map(places), lines: filter.lines(ids), filter, paths, full };
  }

  /** The view after its first `expansions`, each of which builds on the one before it. */
  step(state, filter, expansions) {
    const fields = [state.at, state.from, state.to, state.kinds, state.without, state.years, state.papers, state.support, state.score];
    const key = JSON.stringify([...fields, state.more.slice(0, expansions)]);
    if (!this.known.has(key)) {
      if (this.known.size > 100) this.known.clear();
      this.known.set(key, expansions ? this.expanded(state, filter, expansions) : this.makeBase(state, filter));
    }
    return this.known.get(key);
  }

  expanded(state, filter, expansions) {
    const before = this.step(state, filter, expansions - 1);
    const places = new Map(before.places);
    const full = this.expand(places, state.more[expansions - 1], filter);
    return { ...before, places, full: before.full || full };
  }

  makeBase(state, filter) {
    if (state.from >= 0 && state.to >= 0) return this.alongPaths(state, filter);
    if (state.at >= 0) return { places: this.around(state.at, filter) };
    if (isUnfiltered(state) && !PHONE) return { places: new Map(this.opening) };
    return { places: this.top(filter) };
  }

  /** A centre with its neighbours. */
  around(centre, filter) {
    const ids = filter.neighbours(centre).slice(0, AROUND).map((n) => n.node);
    const places = new Map([[centre, { x: 0, y: 0 }], ...sunflower(ids, 0, 0, GAP * 0.8)]);
    relax(places, this.pairs(filter, places), { fixed: new Set([centre]), steps: 200 });
    apart(places, new Set([centre]));
    return places;
  }

  /** The most named nodes that the filters let through, each tied to one taken before it as long as there is such. */
  top(filter) {
    this.graph.need('top', filter.state);
    const ids = [];
    for (const i of this.graph.ids()) if (filter.node(i)) ids.push(i);
    const weight = (i) => this.graph.weight(i);
    ids.sort((a, b) => weight(b) - weight(a) || a - b);
    const few = ids.slice(0, START * 8);
    const near = new Map(few.map((i) => [i, []]));
    for (const { a, b } of filter.lines([...few].sort((x, y) => x - y))) {
      near.get(a).push(b);
      near.get(b).push(a);
    }
    const tied = few.filter((i) => near.get(i).length);
    const chosen = grow(tied.length ? tied : few, near, START);
    const { x, y } = this.graph.nodes;
    const reach = Math.max(...chosen.map((i) => Math.hypot(x[i], y[i])), 1) / (GAP * Math.sqrt(chosen.length));
    const places = new Map(chosen.map((i) => [i, { x: x[i] / reach, y: y[i] / reach }]));
    relax(places, this.pairs(filter, places), { steps: 240 });
    apart(places);
    return places;
  }

  alongPaths({ from, to }, filter) {
    const paths = shortestPaths(this.graph, filter, from, to);
    const places = new Map();
    const length = Math.max(...paths.map((path) => path.length), 2);
    paths.forEach((path, row) => path.forEach((node, i) => {
      if (!places.has(node)) places.set(node, { x: (i / (path.length - 1)) * (length - 1) * GAP * 2.2, y: offset(row) * GAP });
    }));
    for (const [i, node] of [from, to].entries()) places.set(node, { x: i * (length - 1) * GAP * 2.2, y: 0 });
    return { places, paths };
  }

  /** Add neighbours of `node` that are not drawn; says whether there was no room for all. */
  expand(places, node, filter) {
    if (!places.has(node)) places.set(node, { x: 0, y: 0 });
    const wanted = filter.neighbours(node).filter((n) => !places.has(n.node)).slice(0, STEP);
    const room = Math.max(MOST - places.size, 0);
    const added = wanted.slice(0, room).map((n) => n.node);
    const fixed = new Set(places.keys());
    const { x, y } = places.get(node);
    for (const [id, place] of sunflower(added, x, y, GAP * 0.7, 2)) places.set(id, place);
    relax(places, this.pairs(filter, places), { fixed, steps: 60, gap: GAP * 0.8 });
    apart(places, fixed, 40);
    return wanted.length > room;
  }

  pairs(filter, places) {
    return filter.lines([...places.keys()].sort((a, b) => a - b)).map(({ a, b }) => [a, b]);
  }
}

/** Up to `limit` of the ranked ids: the first, then always the first that is near one taken, or else the next. */
function grow(ranked, near, limit) {
  const taken = new Set();
  const reached = new Set();
  while (taken.size < Math.min(limit, ranked.length)) {
    const next = ranked.find((i) => !taken.has(i) && reached.has(i)) ?? ranked.find((i) => !taken.has(i));
    taken.add(next);
    for (const other of near.get(next)) reached.add(other);
  }
  return [...taken];
}

function isUnfiltered(state) {
  return state.kinds.join() === ENTITIES.join() && !state.without.length && !state.years
    && state.papers === 1 && state.support === 1 && state.score === 0;
}

/** 0, -1, 1, -2, 2, ... */
function offset(row) {
  return row % 2 ? -(row + 1) / 2 : row / 2;
}
