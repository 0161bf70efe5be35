// What is looked at, and how it is written in the address of the page.

const DEFAULTS = Object.freeze({
  view: 'network', // or table, results, matrix, lineage
  at: -1, // the node in the centre; -1: the most named entities
  from: -1, // the ends of paths
  to: -1,
  more: [], // nodes whose neighbours were called for, in order
  root: -1, // whose lineage is shown; -1: of the node, or of the best connected method
  node: -1, // what the pane tells about
  edge: null, // or the two nodes of a line
  kinds: ENTITIES,
  without: [], // relations that are not drawn
  years: null, // [first, last]
  papers: 1, // least papers of an entity
  support: 1, // least papers of a fact
  score: 0, // least score of a fact
  color: 'type', // or community
  task: -1, // what the results and matrix are about
  dataset: -1,
  metric: -1,
  matrix: 'method-task',
});

const NODE_FIELDS = ['at', 'from', 'to', 'root', 'node', 'task', 'dataset', 'metric'];
const WORDS = {
  view: ['network', 'table', 'results', 'matrix', 'lineage'],
  color: ['type', 'community'],
  matrix: ['method-task', 'task-dataset', 'method-dataset', 'method-year', 'task-year', 'dataset-year'],
};

/** The state as the part of the address behind '#': only what differs from the opening view. */
function formatState(state, graph) {
  const out = new URLSearchParams();
  const key = (node) => graph.nodes.key[node];
  if (state.view !== DEFAULTS.view) out.set('view', state.view);
  for (const name of NODE_FIELDS) if (state[name] >= 0) out.set(name, key(state[name]));
  for (const node of state.more) out.append('more', key(node));
  if (state.edge) state.edge.forEach((node) => out.append('edge', key(node)));
  if (state.kinds.join() !== ENTITIES.join()) out.set('kinds', state.kinds.join(' '));
  if (state.without.length) out.set('without', state.without.join(' '));
  if (state.years) out.set('years', state.years.join('-'));
  for (const name of ['papers', 'support', 'score', 'color', 'matrix']) {
    if (state[name] !== DEFAULTS[name]) out.set(name, String(state[name]));
  }
  return out.toString().replaceAll('%2F', '/');
}

/** The state that an address describes; what it does not understand is left as it is by default. */
function parseState(hash, graph) {
  const given = new URLSearchParams(hash.replace(/^#/, ''));
  const state = { ...DEFAULTS };
  const node = (key) => graph.byKey.get(key) ?? -1;
  for (const name of NODE_FIELDS) if (given.has(name)) state[name] = node(given.get(name));
  for (const [name, words] of Object.entries(WORDS)) if (words.includes(given.get(name))) state[name] = given.get(name);
  state.more = given.getAll('more').map(node).filter((id) => id >= 0).slice(0, 40);
  const edge = given.getAll('edge').map(node).filter((id) => id >= 0);
  if (edge.length === 2) state.edge = edge;
  if (given.has('kinds')) state.kinds = KINDS.filter((kind) => given.get('kinds').split(' ').includes(kind));
  if (given.has('without')) state.without = graph.relations.filter((r) => given.get('without').split(' ').includes(r));
  const years = /^(\d{1,4})-(\d{1,4})$/.exec(given.get('years') ?? '');
  if (years) state.years = [Number(years[1]), Number(years[2])];
  for (const name of ['papers', 'support', 'score']) {
    const number = Number(given.get(name));
    if (given.has(name) && Number.isFinite(number) && number >= 0) state[name] = number;
  }
  return state;
}

/** The state of the page; every change of it is a step that Back undoes. */
class Steps {
  constructor(graph, changed) {
    this.graph = graph;
    this.changed = changed;
    this.state = parseState(location.hash, graph);
    this.depth = 0;
    this.deepest = 0;
    history.replaceState({ depth: 0 }, '', `#${formatState(this.state, graph)}`);
    addEventListener('popstate', (event) => {
      this.depth = event.state?.depth ?? 0;
      const apply = () => {
        this.state = parseState(location.hash, graph);
        this.changed();
      };
      const wait = graph.resolve(location.hash);
      if (wait) wait.then(apply);
      else apply();
    });
  }

  /** Change some fields; `replace` leaves no step behind (sliders while they move). */
  go(fields, { replace = false } = {}) {
    const state = { ...this.state, ...fields };
    const hash = `#${formatState(state, this.graph)}`;
    const same = hash === `#${formatState(this.state, this.graph)}`;
    this.state = state;
    if (!same) {
      if (!replace) this.deepest = this.depth += 1;
      history[replace ? 'replaceState' : 'pushState']({ depth: this.depth }, '', hash);
      this.changed();
    }
  }

  /** Show what is known about a node, leaving the picture as it is. */
  select(node) {
    this.go({ node, edge: null });
  }
}

/** Which nodes and edges the filters of a state let through. */
class Filter {
  constructor(graph, state) {
    this.graph = graph;
    this.state = state;
    this.kinds = new Set(state.kinds);
    this.without = new Set(state.without);
  }

  node(node) {
    const { nodes } = this.graph;
    return this.kinds.has(nodes.kind[node]) && this.during(nodes.first[node], nodes.last[node])
      && (nodes.papers[node] >= this.state.papers || !this.graph.isEntity(node));
  }

  edge(edge) {
    const { edges } = this.graph;
    return edges.support[edge] >= this.state.support && edges.score[edge] >= this.state.score
      && !this.without.has(this.graph.relation(edge)) && this.during(edges.first[edge], edges.last[edge]);
  }

  during(first, last) {
    const { years } = this.state;
    return !years || !first || (first <= years[1] && last >= years[0]);
  }

  /** Neighbours of a node that pass, the best attested first: [{node, edges, weight}]. */
  neighbours(node) {
    this.graph.need('neighbours', node, this.state);
    return this.around(node);
  }

  /** The same, of those at hand. */
  around(node) {
    const found = new Map();
    for (const edge of this.graph.touching(node)) {
      const other = this.graph.other(edge, node);
      if (other === node || !this.edge(edge) || !this.node(other)) continue;
      const entry = found.get(other) ?? { node: other, edges: [], weight: 0 };
      entry.edges.push(edge);
      entry.weight += this.graph.edges.support[edge] * this.graph.edges.score[edge];
      found.set(other, entry);
    }
    const rank = ({ node: other, weight }) => weight * 4 + this.graph.weight(other);
    return [...found.values()].sort((a, b) => rank(b) - rank(a) || a.node - b.node);
  }

  /** The lines among the given nodes: [{a, b, edges}], a < b. */
  lines(ids) {
    this.graph.need('lines', ids);
    const shown = new Set(ids);
    const found = new Map();
    for (const a of ids) {
      for (const edge of this.graph.touching(a)) {
        const b = this.graph.other(edge, a);
        if (b <= a || !shown.has(b) || !this.edge(edge)) continue;
        const key = `${a}-${b}`;
        if (!found.has(key)) found.set(key, { key, a, b, edges: [] });
        found.get(key).edges.push(edge);
      }
    }
    return [...found.values()];
  }
}
