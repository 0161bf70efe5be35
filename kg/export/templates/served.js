// The graph of a server: what the views need is fetched in pieces when they need it. Nodes keep the numbers they have on
// the server, so that columns have gaps where nothing has come.

const EDGE_COLUMNS = ['head', 'tail', 'relation', 'support', 'score', 'first', 'last', 'evidence'];
const NODE_COLUMNS = ['key', 'kind', 'label', 'papers', 'first', 'last', 'score', 'size', 'degree', 'community'];

class ServedGraph extends Graph {
  constructor({ about, piece }) {
    const columns = (names) => Object.fromEntries(names.map((name) => [name, []]));
    super({
      nodes: { ...columns(NODE_COLUMNS), x: [], y: [] }, edges: { ...columns(EDGE_COLUMNS), relations: about.relations }, aliases: {}, merges: {}, matches: {}, papers: {},
      results: {}, sentences: { paper: [], text: [] }, communities: about.communities, extractor: about.extractor, version: about.version,
    });
    this.build = about.build;
    this.size = about.size;
    this.facts = about.facts;
    this.years = about.years;
    this.most = about.most;
    this.kindCounts = new Map(Object.entries(about.kinds));
    this.relationCounts = new Map(about.relations.map((relation, i) => [relation, about.counts[i]]));
    this.near = new Map(); // node -> its edges at hand
    this.known = new Map(); // 'head-relation-tail' -> edge
    this.sentenceIds = new Map();
    this.totals = new Map();
    this.byYear = new Map();
    this.chosen = {};
    this.wanted = new Set(); // addresses to ask for
    this.asked = new Map(); // address -> the promise of its answer
    this.have = new Set();
    this.add(piece);
  }

  /** Put a piece where its columns belong. */
  add(piece) {
    const { id } = piece.nodes;
    id.forEach((node, i) => {
      if (this.nodes.key[node] === undefined) {
        const angle = node * 2.399963;
        const radius = Math.sqrt(1 + (node % 211)) * GAP;
        this.nodes.x[node] = Math.cos(angle) * radius;
        this.nodes.y[node] = Math.sin(angle) * radius;
      }
      for (const name of NODE_COLUMNS) this.nodes[name][node] = piece.nodes[name][i];
      this.byKey.set(piece.nodes.key[i], node);
      if (!this.near.has(node)) this.near.set(node, []);
    });
    for (const part of ['aliases', 'merges', 'matches', 'papers', 'results']) Object.assign(this.data[part], piece[part]);
    const sentence = piece.sentences.id.map((name, i) => this.sentence(name, piece.sentences, i));
    piece.edges.head.forEach((head, i) => this.edge(piece.edges, i, sentence));
    for (const [node, totals] of Object.entries(piece.totals ?? {})) this.totals.set(Number(node), totals);
    for (const [node, years] of Object.entries(piece.years ?? {})) this.byYear.set(Number(node), new Map(years));
    if (piece.choices) this.chosen = piece.choices;
    this.allResults = null;
  }

  sentence(name, { paper, text }, i) {
    if (!this.sentenceIds.has(name)) {
      this.sentenceIds.set(name, this.sentenceIds.size);
      this.data.sentences.paper.push(paper[i]);
      this.data.sentences.text.push(text[i]);
    }
    return this.sentenceIds.get(name);
  }

  edge(columns, i, sentence) {
    const [head, tail] = [columns.head[i], columns.tail[i]];
    const name = `${head}-${columns.relation[i]}-${tail}`;
    const evidence = columns.evidence[i].map(([number, score]) => [sentence[number], score]);
    const known = this.known.get(name);
    if (known !== undefined) {
      if (evidence.length > this.edges.evidence[known].length) this.edges.evidence[known] = evidence;
      return;
    }
    const edge = this.known.size;
    this.known.set(name, edge);
    for (const column of EDGE_COLUMNS) this.edges[column][edge] = columns[column][i];
    this.edges.evidence[edge] = evidence;
    this.near.get(head).push(edge);
    if (tail !== head) this.near.get(tail).push(edge);
  }

  // What the embedded graph answers from the whole

  touching(node) {
    return this.near.get(node) ?? [];
  }

  ids() {
    return this.near.keys();
  }

  degree(node) {
    return this.nodes.degree[node];
  }

  yearsOf(node) {
    return this.byYear.get(node) ?? super.yearsOf(node);
  }

  total(node, relation, outward, seen) {
    return Math.max(seen, this.totals.get(node)?.[`${relation}-${outward ? 'out' : 'in'}`] ?? 0);
  }

  choices(slot) {
    return this.chosen[slot];
  }

  index() {
    return { graph: this, find: (query, options) => this.find(query, options) };
  }

  page(node) {
    return `/${this.nodes.key[node].split('/').map(encodeURIComponent).join('/')}`;
  }

  // Fetching

  need(what, ...about) {
    const address = this.address(what, about);
    if (address && !this.have.has(address)) this.wanted.add(address);
  }

  address(what, about) {
    const query = new URLSearchParams({ build: this.build });
    const filtered = (state) => {
      for (const name of ['kinds', 'without']) query.set(name, state[name].join(' '));
      if (state.years) query.set('years', state.years.join('-'));
      for (const name of ['papers', 'support', 'score']) query.set(name, state[name]);
    };
    if (what === 'node') query.set('id', about[0]);
    else if (what === 'evidence') about.slice(0, 2).forEach((node, i) => query.set('ab'[i], node));
    else if (what === 'lines') query.set('ids', [...about[0]].sort((a, b) => a - b).join());
    else if (what === 'results') for (const slot of ['task', 'dataset', 'metric']) { if (about[0][slot] >= 0) query.set(slot, about[0][slot]); }
    else {
      filtered(about.at(-1));
      if (what === 'neighbours') query.set('id', about[0]);
      if (what === 'matrix') query.set('matrix', about[0].matrix);
      if (what === 'paths') ['from', 'to'].forEach((name, i) => query.set(name, about[i]));
    }
    return what === 'lines' && about[0].length < 2 ? null : `/api/${what}?${query}`;
  }

  /** Ask for what is lacking; true where there is such. */
  settle(again) {
    const addresses = [...this.wanted];
    this.wanted.clear();
    document.body.toggleAttribute('aria-busy', addresses.length > 0);
    if (addresses.length) Promise.all(addresses.map((address) => this.fetch(address))).then(again);
    return addresses.length > 0;
  }

  /** One piece, put where it belongs. What cannot be had is told, and not asked for again. */
  fetch(address) {
    if (!this.asked.has(address)) {
      this.asked.set(address, ask(address).then((piece) => this.add(piece)).catch((error) => announce(`A part of the graph could not be fetched: ${error.message}`))
        .finally(() => {
          this.have.add(address);
          this.asked.delete(address);
        }));
    }
    return this.asked.get(address);
  }

  /** Fetch the nodes that an address of the page names. */
  resolve(hash) {
    const given = new URLSearchParams(hash.replace(/^#/, ''));
    const keys = [...NODE_FIELDS, 'more', 'edge'].flatMap((name) => given.getAll(name)).filter((key) => !this.byKey.has(key));
    if (!keys.length) return null;
    const query = new URLSearchParams([...new Set(keys)].map((key) => ['key', key]));
    return this.fetch(`/api/nodes?${query}`);
  }

  /** The best nodes for a query, as the index of an embedded graph has them. */
  async find(query, { accept = () => true } = {}) {
    if (!query.trim()) return [];
    const { results } = await ask(`/api/search?q=${encodeURIComponent(query.slice(0, 300))}`);
    const unknown = results.filter(({ key }) => !this.byKey.has(key));
    if (unknown.length) await this.fetch(`/api/nodes?${new URLSearchParams(unknown.map(({ key }) => ['key', key]))}`);
    return results.map(({ key, form }) => ({ node: this.byKey.get(key), form })).filter(({ node }) => node !== undefined && accept(node))
      .map(({ node, form }) => ({ node, form: form ?? this.nodes.label[node] }));
  }
}

/** JSON from the server. A graph that was built anew since has other numbers: the page is opened again. */
async function ask(address) {
  const answer = await fetch(address);
  if (answer.status === 409) location.reload();
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).detail ?? `status ${answer.status}`);
  return answer.json();
}

async function start() {
  const opening = await ask('/api/explore');
  const graph = new ServedGraph(opening);
  graph.have.add(graph.address('lines', [opening.nodes.map(({ id }) => id)])); // they came with the opening
  await graph.resolve(location.hash);
  const app = new App(graph, opening);
  document.documentElement.dataset.ready = 'true';
  return app;
}

start().catch((error) => {
  announce(`The graph could not be shown: ${error.message}`);
  document.body.classList.add('failed');
  throw error;
});
