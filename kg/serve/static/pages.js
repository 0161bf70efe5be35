// Completion of names in the search box, and the theme. Pages work without it.
(() => {
  'use strict';

  const byId = (id) => document.getElementById(id);
  const KINDS = { Method: 'method', Task: 'task', Dataset: 'data set', Metric: 'metric', Paper: 'paper' };
  const SHAPES = {
    Method: 'M8 2a6 6 0 1 1 0 12a6 6 0 1 1 0-12z', Task: 'M3 3h10v10H3z', Dataset: 'M8 2l7 12H1z', Metric: 'M8 1l7 7-7 7-7-7z', Paper: 'M8 14L1 2h14z',
  };

  function el(tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  }

  function swatch(kind) {
    const space = 'http://www.w3.org/2000/svg';
    const svg = document.createElementNS(space, 'svg');
    const path = document.createElementNS(space, 'path');
    svg.setAttribute('viewBox', '0 0 16 16');
    svg.setAttribute('class', `swatch ${kind.toLowerCase()}`);
    svg.setAttribute('aria-hidden', 'true');
    path.setAttribute('d', SHAPES[kind] ?? SHAPES.Method);
    svg.append(path);
    return svg;
  }

  /** Make the search box a combobox (WAI-ARIA 1.2); Enter without a choice asks for the page of all matches. */
  function complete(input, list) {
    let options = [];
    let active = -1;
    let asked = 0;
    let timer = 0;
    const close = () => {
      list.hidden = true;
      active = -1;
      input.setAttribute('aria-expanded', 'false');
      input.removeAttribute('aria-activedescendant');
    };
    const mark = (position) => {
      active = position;
      [...list.children].forEach((item, i) => {
        item.setAttribute('aria-selected', String(i === active));
        if (i === active) {
          input.setAttribute('aria-activedescendant', item.id);
          item.scrollIntoView({ block: 'nearest' });
        }
      });
    };
    const show = (results) => {
      options = results;
      list.replaceChildren(...results.map((found, i) => {
        const name = el('span', { class: 'name' }, el('bdi', {}, found.label));
        if (found.form) name.append(el('span', { class: 'alias faint' }, el('bdi', {}, found.form)));
        const about = found.papers ? `${found.papers.toLocaleString('en')} ${found.papers === 1 ? 'paper' : 'papers'}` : found.year ?? KINDS[found.kind];
        const item = el('li', { role: 'option', id: `${list.id}-${i}`, 'aria-selected': 'false' }, swatch(found.kind), name, el('span', { class: 'faint' }, String(about)));
        item.addEventListener('mousedown', (event) => {
          event.preventDefault();
          location.assign(found.path);
        });
        return item;
      }));
      list.hidden = !results.length;
      input.setAttribute('aria-expanded', String(results.length > 0));
      active = -1;
    };
    const ask = async () => {
      const query = input.value.trim();
      asked += 1;
      const mine = asked;
      if (!query) {
        close();
        return;
      }
      const answer = await fetch(`/api/search?q=${encodeURIComponent(query)}`);
      if (mine === asked && answer.ok) show((await answer.json()).results);
    };
    input.addEventListener('input', () => {
      clearTimeout(timer);
      timer = setTimeout(ask, 60);
    });
    input.addEventListener('blur', close);
    input.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') close();
      else if (!list.hidden && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
        const step = event.key === 'ArrowDown' ? 1 : -1;
        mark((active + step + options.length + (active < 0 && step < 0 ? 1 : 0)) % options.length);
        event.preventDefault();
      } else if (event.key === 'Enter' && active >= 0 && !list.hidden) {
        location.assign(options[active].path);
        event.preventDefault();
      }
    });
  }

  function isDark() {
    const { theme } = document.documentElement.dataset;
    return theme ? theme === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  }

  function wireTheme(button) {
    const show = () => button.setAttribute('aria-pressed', String(isDark()));
    button.hidden = false;
    button.addEventListener('click', () => {
      document.documentElement.dataset.theme = isDark() ? 'light' : 'dark';
      sessionStorage.setItem('theme', document.documentElement.dataset.theme);
      show();
    });
    show();
  }

  const kept = sessionStorage.getItem('theme');
  if (kept === 'dark' || kept === 'light') document.documentElement.dataset.theme = kept;
  complete(byId('search'), byId('search-list'));
  wireTheme(byId('theme'));
  document.addEventListener('keydown', (event) => {
    if (event.key === '/' && !event.ctrlKey && !event.metaKey && !/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && !event.target.closest('.CodeMirror')) {
      byId('search').focus();
      event.preventDefault();
    }
  });
})();
