// The page, put together.

class App {
  constructor(graph, block) {
    this.graph = graph;
    this.index = graph.index();
    this.planner = new Planner(graph, block.nodes.map(({ id, x, y }) => [id, { x, y }]));
    this.steps = new Steps(graph, () => this.render());
    this.view = new NetworkView(byId('canvas'), graph, block.options, this.steps);
    this.filters = new Filters(this);
    this.wire();
    this.render();
  }

  wire() {
    const { view } = this;
    combobox(byId('search'), byId('search-list'), this.index, (node) => this.visit(node));
    const tabs = WORDS.view.map((name) => byId(`tab-${name}`));
    listenToTabs(tabs, (tab) => this.steps.go({ view: tab.id.slice(4) }));
    listenToKeys(this);
    const click = (id, action) => byId(id).addEventListener('click', action);
    click('back', () => history.back());
    click('forward', () => history.forward());
    click('zoom-in', () => view.zoom(1.25));
    click('zoom-out', () => view.zoom(0.8));
    click('fit', () => view.fit());
    click('home', () => this.home());
    click('theme', () => this.toggleTheme());
    click('help-open', () => byId('help').showModal());
    click('filters-toggle', () => this.toggleFilters());
    const save = { png: savePng, svg: saveSvg, csv: saveCsv, link: saveLink };
    for (const [name, action] of Object.entries(save)) {
      click(`save-${name}`, () => {
        byId('save').open = false;
        action(this);
      });
    }
    addEventListener('click', (event) => {
      if (!byId('save').contains(event.target)) byId('save').open = false;
    });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.render());
  }

  render() {
    const { state } = this.steps;
    for (const name of WORDS.view) {
      byId(`view-${name}`).hidden = name !== state.view;
      byId(`tab-${name}`).setAttribute('aria-selected', String(name === state.view));
      byId(`tab-${name}`).tabIndex = name === state.view ? 0 : -1;
    }
    document.body.dataset.view = state.view;
    const plan = this.planner.plan(state);
    if (this.graph.settle(() => this.more())) return;
    this.view.show(plan, state);
    this.filters.show(state);
    showPane(this);
    if (state.view === 'table') showTable(this);
    if (state.view === 'results') showResults(this);
    if (state.view === 'matrix') showMatrix(this);
    if (state.view === 'lineage') showLineage(this);
    byId('caption').textContent = this.caption(plan, state);
    byId('back').disabled = this.steps.depth === 0;
    byId('forward').disabled = this.steps.depth >= this.steps.deepest;
    byId('home').disabled = location.hash === '' || location.hash === '#';
    byId('theme').setAttribute('aria-pressed', String(isDark()));
    this.graph.settle(() => this.more());
    document.title = state.node >= 0 ? `${this.graph.name(state.node, 60)} · Knowledge graph` : 'Knowledge graph';
  }

  /** More of the graph has come. */
  more() {
    this.planner.forget();
    this.render();
  }

  caption(plan, state) {
    const all = ENTITIES.reduce((sum, kind) => sum + this.graph.kindCounts.get(kind), 0);
    const shown = `${count(plan.places.size, 'node')}, ${count(plan.lines.length, 'line')}`;
    if (plan.full) return `${shown}. No more than ${MOST} are drawn at once: filter, or centre a node.`;
    if (state.from >= 0 && state.to >= 0) return `${shown}: paths`;
    if (state.at >= 0) return `${shown} around ${this.graph.name(state.at, 40)}`;
    return `${shown}: the most named of ${count(all, 'entity', 'entities')}`;
  }

  /** Show a node in the network and the pane: where it is not drawn, it becomes the centre. */
  visit(node) {
    if (this.steps.state.view === 'lineage' && this.graph.isEntity(node)) {
      this.kinOf(node);
      return;
    }
    const drawn = this.view.shown?.places.has(node) && this.steps.state.view === 'network';
    if (drawn || this.steps.state.view !== 'network') this.steps.select(node);
    else this.centre(node);
  }

  /** Show the lineage of a node, and what is known about it. */
  kinOf(node) {
    this.steps.go({ view: 'lineage', root: node, node, edge: null });
    byId('view-lineage').querySelector('.root')?.focus({ preventScroll: true });
  }

  centre(node) {
    const kind = this.graph.kind(node);
    const { state } = this.steps;
    const kinds = state.kinds.includes(kind) ? state.kinds : KINDS.filter((k) => k === kind || state.kinds.includes(k));
    this.steps.go({ view: 'network', at: node, from: -1, to: -1, more: [], node, edge: null, kinds });
  }

  /** Select by keyboard, and say what was reached. */
  tell(node) {
    if (node < 0) return;
    this.steps.select(node);
    announce(`${this.graph.name(node, 100)}, ${KIND_NAMES[this.graph.kind(node)]?.[0]}, ${count(this.graph.nodes.papers[node], 'paper')}`);
  }

  home() {
    this.steps.go({ ...DEFAULTS, color: this.steps.state.color });
  }

  toggleTheme() {
    document.documentElement.dataset.theme = isDark() ? 'light' : 'dark';
    this.render();
  }

  toggleFilters() {
    const open = document.body.classList.toggle('filtering');
    byId('filters-toggle').setAttribute('aria-expanded', String(open));
  }
}

function isDark() {
  const { theme } = document.documentElement.dataset;
  return theme ? theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
}
