// The keyboard.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

function listenToKeys(app) {
  addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || byId('help').open) return;
    if (/^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)) return;
    const action = keyAction(app, event);
    if (action) {
      event.preventDefault();
      action();
    }
  });
}

function keyAction(app, event) {
  const { steps, view } = app;
  const { node } = steps.state;
  const onCanvas = event.target.id === 'canvas' || event.target === document.body;
  if (onCanvas && ARROWS[event.key]) return () => app.tell(view.toward(node, ...ARROWS[event.key]));
  if (event.target.id === 'canvas' && event.key === 'Enter' && node >= 0) return () => view.more(node);
  const simple = {
    '/': () => byId('search').focus(),
    '?': () => byId('help').showModal(),
    Escape: () => (document.body.classList.contains('filtering') ? app.toggleFilters() : steps.go({ node: -1, edge: null })),
    '+': () => view.zoom(1.25),
    '=': () => view.zoom(1.25),
    '-': () => view.zoom(0.8),
    f: () => view.fit(),
    h: () => app.home(),
    d: () => app.toggleTheme(),
    c: node >= 0 && (() => app.centre(node)),
    l: node >= 0 && app.graph.isEntity(node) && (() => app.kinOf(node)),
    p: node >= 0 && (() => askPath(app, node, byId('pane').querySelector('.actions'))),
  };
  return simple[event.key] || null;
}

/** Arrow keys move along a tab list (WAI-ARIA tabs pattern). */
function listenToTabs(tabs, pick) {
  tabs.forEach((tab, i) => {
    tab.addEventListener('click', () => pick(tab));
    tab.addEventListener('keydown', (event) => {
      const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (!step) return;
      const next = tabs[(i + step + tabs.length) % tabs.length];
      next.focus();
      pick(next);
      event.preventDefault();
    });
  });
}
