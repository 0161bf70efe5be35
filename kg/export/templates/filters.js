// The legend, which is at the same time what may be filtered.

const FROM_PAPERS = ['addresses', 'mentions', 'proposes', 'reports'];

class Filters {
  constructor(app) {
    this.app = app;
    const { graph } = app;
    this.kinds = new Map(KINDS.filter((kind) => graph.kindCounts.get(kind)).map((kind) => [kind, this.toggle('kind', kind, [swatch(kind), capital(KIND_NAMES[kind][1])], graph.kindCounts.get(kind))]));
    this.relations = new Map(graph.relations.filter((r) => !SLOTS.includes(r)).map((r) => [r, this.toggle('relation', r, [capital(spoken(r))], graph.relationCounts.get(r))]));
    this.color = el('select', { id: 'color', onchange: (e) => app.steps.go({ color: e.target.value }) }, el('option', { value: 'type' }, 'type'), el('option', { value: 'community' }, 'community'));
    this.sliders = [
      this.slider('papers', 'Papers that name a node, at least', 1, Math.max(2, Math.min(20, graph.most.papers))),
      this.slider('support', 'Papers that state a fact, at least', 1, Math.max(2, Math.min(10, graph.most.support))),
      this.slider('score', 'Score of a fact, at least', 0, 1, 0.05),
    ];
    this.years = graph.years && graph.years[0] < graph.years[1] ? this.yearRange(graph.years) : null;
    this.legend = el('div', { id: 'legend' });
    this.reset = button('Reset filters', () => app.steps.go({ kinds: ENTITIES, without: [], years: null, papers: 1, support: 1, score: 0 }), { class: 'text' });
    const rows = (wanted) => [...this.relations].filter(wanted).map(([, t]) => t.row);
    fill(byId('filters'),
      group('Nodes', [...this.kinds.values()].map((t) => t.row)), el('div', { class: 'group' }, el('label', { class: 'line' }, 'Colour by ', this.color), this.legend),
      this.years ? group('Years', this.years.row) : null,
      group('Evidence', this.sliders.map((s) => s.row)),
      group('Relations', rows(([relation]) => !FROM_PAPERS.includes(relation))),
      this.fromPapers = group('Relations of papers', rows(([relation]) => FROM_PAPERS.includes(relation))), this.reset);
  }

  toggle(type, name, label, number) {
    const input = el('input', { type: 'checkbox', onchange: () => this.toggled(type, name, input.checked) });
    return { input, row: el('label', { class: 'check' }, input, el('span', {}, label), el('span', { class: 'faint' }, number.toLocaleString('en'))) };
  }

  toggled(type, name, on) {
    const { state } = this.app.steps;
    if (type === 'kind') this.app.steps.go({ kinds: KINDS.filter((kind) => (kind === name ? on : state.kinds.includes(kind))) });
    else this.app.steps.go({ without: this.app.graph.relations.filter((r) => (r === name ? !on : state.without.includes(r))) });
  }

  slider(field, label, min, max, step = 1) {
    const out = el('output', {});
    const change = (replace) => this.app.steps.go({ [field]: Number(input.value) }, { replace });
    const input = el('input', { type: 'range', min, max, step, oninput: () => { out.textContent = input.value; }, onchange: () => change(false) });
    return { field, input, out, row: el('label', { class: 'range' }, el('span', {}, label), out, input) };
  }

  yearRange([first, last]) {
    const make = (label) => el('input', { type: 'number', min: first, max: last, 'aria-label': label, onchange: () => this.changedYears() });
    const [from, to] = [make('First year'), make('Last year')];
    return { from, to, row: el('div', { class: 'line' }, from, ' to ', to) };
  }

  changedYears() {
    const [first, last] = this.app.graph.years;
    const clamp = (input, fallback) => Math.min(Math.max(Number(input.value) || fallback, first), last);
    const [a, b] = [clamp(this.years.from, first), clamp(this.years.to, last)].sort((x, y) => x - y);
    this.app.steps.go({ years: a === first && b === last ? null : [a, b] });
  }

  show(state) {
    for (const [kind, { input }] of this.kinds) input.checked = state.kinds.includes(kind);
    for (const [relation, { input }] of this.relations) input.checked = !state.without.includes(relation);
    for (const { field, input, out } of this.sliders) {
      input.value = state[field];
      out.textContent = input.value;
    }
    if (this.years) {
      const [first, last] = state.years ?? this.app.graph.years;
      this.years.from.value = first;
      this.years.to.value = last;
    }
    this.fromPapers.hidden = !state.kinds.includes('Paper');
    this.color.value = state.color;
    this.reset.disabled = isUnfiltered(state);
    const { communities } = this.app.view;
    fill(this.legend, communities && state.color === 'community' ? communityLegend(this.app, communities) : null);
  }
}

/** Communities by their names, in the colours of the canvas. */
function communityLegend({ graph }, communities) {
  return el('ul', { class: 'plain' }, [...communities].map(([community, color]) => el('li', {},
    el('span', { class: `dot community-${color}` }), bdi(graph.data.communities[community] ?? `community ${community + 1}`, 60))),
  el('li', {}, el('span', { class: 'dot community-8' }), 'others'));
}

function group(title, ...content) {
  return el('fieldset', { class: 'group' }, el('legend', {}, title), content);
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);
