// The graph as it came in the file: columns over nodes and edges, and who is joined to whom.

const ENTITIES = ['Method', 'Task', 'Dataset', 'Metric'];
const KINDS = [...ENTITIES, 'Paper', 'Result'];
const KIND_NAMES = {
  Method: ['method', 'methods'],
  Task: ['task', 'tasks'],
  Dataset: ['data set', 'data sets'],
  Metric: ['metric', 'metrics'],
  Paper: ['paper', 'papers'],
  Result: ['result', 'results'],
};
const SLOTS = ['method', 'task', 'dataset', 'metric', 'baseline'];

/** The value that the element `id` carries as base64 of deflated JSON. */
async function unpack(id) {
  const text = byId(id).textContent;
  const bytes = Uint8Array.fromBase64 ? Uint8Array.fromBase64(text) : Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  return JSON.parse(await new Response(stream).text());
}

class Graph {
  constructor(data) {
    this.data = data;
    this.nodes = data.nodes;
    this.edges = data.edges;
    this.size = data.nodes.key.length;
    this.relations = data.edges.relations;
    this.byKey = new Map(data.nodes.key.map((key, i) => [key, i]));
    this.join();
    const years = data.nodes.first.filter((year) => year > 0);
    this.years = years.length ? [years.reduce((a, b) => Math.min(a, b)), data.nodes.last.reduce((a, b) => Math.max(a, b))] : null;
    this.kindCounts = new Map(KINDS.map((kind) => [kind, 0]));
    for (const kind of this.nodes.kind) this.kindCounts.set(kind, (this.kindCounts.get(kind) ?? 0) + 1);
    this.facts = data.edges.head.length;
    this.relationCounts = new Map(this.relations.map((relation) => [relation, 0]));
    for (const r of this.edges.relation) this.relationCounts.set(this.relations[r], this.relationCounts.get(this.relations[r]) + 1);
    this.most = { papers: largest(this.nodes.papers), support: largest(this.edges.support) };
  }

  // What a view is about to show is asked for by `need`, and `settle` says whether it has to wait; `again` is called when
  // more has come. Here everything is at hand; the graph of a server (`served.js`) fetches what it lacks.

  need() {}

  settle() {
    return false;
  }

  /** A promise where the nodes that an address names must be asked for first. */
  resolve() {
    return null;
  }

  index() {
    return new Index(this);
  }

  /** The address of the page about a node, where there is one. */
  page() {
    return null;
  }

  /** The nodes at hand. */
  ids() {
    return this.nodes.key.keys();
  }

  /** The edges at hand. */
  eachEdge() {
    return this.edges.head.keys();
  }

  degree(node) {
    return this.start[node + 1] - this.start[node];
  }

  /** Edges by node: `edgeIds[start[i] .. start[i + 1]]` are those that touch node i. */
  join() {
    const { head, tail } = this.edges;
    const start = new Uint32Array(this.size + 1);
    for (let e = 0; e < head.length; e += 1) {
      start[head[e] + 1] += 1;
      if (tail[e] !== head[e]) start[tail[e] + 1] += 1;
    }
    for (let i = 0; i < this.size; i += 1) start[i + 1] += start[i];
    const next = start.slice();
    const edgeIds = new Uint32Array(start[this.size]);
    for (let e = 0; e < head.length; e += 1) {
      edgeIds[next[head[e]]++] = e;
      if (tail[e] !== head[e]) edgeIds[next[tail[e]]++] = e;
    }
    this.start = start;
    this.edgeIds = edgeIds;
  }

  touching(node) {
    return this.edgeIds.subarray(this.start[node], this.start[node + 1]);
  }

  other(edge, node) {
    return this.edges.head[edge] === node ? this.edges.tail[edge] : this.edges.head[edge];
  }

  kind(node) {
    return this.nodes.kind[node];
  }

  isEntity(node) {
    return ENTITIES.includes(this.nodes.kind[node]);
  }

  name(node, limit = 300) {
    return plain(this.nodes.label[node], limit) || this.nodes.key[node];
  }

  aliases(node) {
    return this.data.aliases[node] ?? [];
  }

  relation(edge) {
    return this.relations[this.edges.relation[edge]];
  }

  /** How much there is to say about a node: papers first, then facts. */
  weight(node) {
    return this.nodes.papers[node] + 0.01 * Math.min(this.degree(node), 90);
  }

  /** The edges between two nodes, in either direction. */
  between(a, b) {
    return Array.from(this.touching(a)).filter((edge) => this.other(edge, a) === b && a !== b);
  }

  /** Nodes of a kind, weightiest first. */
  ranked(kind) {
    const ids = [];
    for (const i of this.ids()) if (this.nodes.kind[i] === kind) ids.push(i);
    return ids.sort((a, b) => this.weight(b) - this.weight(a) || a - b);
  }

  /** The papers that name an entity, newest first. */
  papersOf(node) {
    const found = new Set();
    for (const edge of this.touching(node)) {
      const head = this.edges.head[edge];
      if (this.kind(head) === 'Paper') found.add(head);
      else for (const [sentence] of this.edges.evidence[edge]) found.add(this.data.sentences.paper[sentence]);
    }
    found.delete(-1);
    return [...found].sort((a, b) => this.nodes.first[b] - this.nodes.first[a] || a - b);
  }

  /** How many papers name an entity, by year: Map year -> number. */
  yearsOf(node) {
    const counts = new Map();
    for (const paper of this.papersOf(node)) {
      const year = this.nodes.first[paper];
      if (year) counts.set(year, (counts.get(year) ?? 0) + 1);
    }
    return counts;
  }

  /** How many edges a node has of a relation, `seen` of which are at hand. */
  total(node, relation, outward, seen) {
    return seen;
  }

  /** All results at hand. */
  results() {
    this.allResults ??= this.ranked('Result').map((node) => this.result(node));
    return this.allResults;
  }

  /** What may be chosen for a slot of results, [node, results] each, where it is known better than from those at hand. */
  choices() {
    return null;
  }

  /** A result with its slots: {node, value, number, unit, paper, sentence, method, task, dataset, metric, baseline}. */
  result(node) {
    const found = { node, ...this.data.results[node], paper: -1, sentence: -1 };
    for (const edge of this.touching(node)) {
      const relation = this.relation(edge);
      if (relation === 'reports') {
        found.paper = this.edges.head[edge];
        found.sentence = this.edges.evidence[edge][0]?.[0] ?? -1;
      } else if (SLOTS.includes(relation) && this.edges.head[edge] === node) found[relation] = this.edges.tail[edge];
    }
    return found;
  }
}

/** 'usedFor' as people read it: 'used for'. */
function spoken(relation) {
  return relation.replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
}

const INVERSE = {
  usedFor: 'uses',
  evaluatedOn: 'used to evaluate',
  measuredBy: 'measures',
  partOf: 'has part',
  basedOn: 'basis of',
  subtypeOf: 'has kind',
  inferredSubtypeOf: 'has kind by its name',
  comparedWith: 'compared with',
  outperforms: 'outperformed by',
  mentions: 'named in',
  proposes: 'proposed in',
  addresses: 'addressed in',
  reports: 'reported in',
  method: 'method of result',
  task: 'task of result',
  dataset: 'data set of result',
  metric: 'metric of result',
  baseline: 'baseline of result',
};
