// Names on the canvas, as on a map: the important ones first, none over another, all at reading size.

const BOLD = '600 13px system-ui, sans-serif';
const NORMAL = '12px system-ui, sans-serif';
const SMALL = '11px system-ui, sans-serif';

class Labels {
  constructor(graph) {
    this.graph = graph;
    this.widths = new Map();
    this.boxes = []; // [{node, left, top, right, bottom}] of what was drawn last, in CSS pixels
  }

  width(context, text) {
    const key = context.font + text;
    if (!this.widths.has(key)) this.widths.set(key, context.measureText(text).width);
    return this.widths.get(key);
  }

  /**
   * `nodes` are [{id, x, y, radius, rank, strong, faint}] and `captions` [{x, y, text}] in CSS pixels of the canvas,
   * drawn in order of rank as far as there is room.
   */
  draw(context, ratio, nodes, captions, colors, wide) {
    context.save();
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.textAlign = 'center';
    context.textBaseline = 'top';
    context.lineJoin = 'round';
    this.boxes = [];
    this.wide = wide;
    const taken = new Grid();
    for (const { x, y, radius } of nodes) taken.add(x - radius * 0.7, y - radius * 0.7, x + radius * 0.7, y + radius * 0.7);
    for (const node of [...nodes].sort((a, b) => b.rank - a.rank || a.id - b.id)) this.name(context, node, taken, colors);
    context.font = SMALL;
    context.textBaseline = 'middle';
    for (const { x, y, text } of captions) {
      const half = this.width(context, text) / 2;
      if (!taken.free(x - half, y - 7, x + half, y + 7)) continue;
      taken.add(x - half, y - 7, x + half, y + 7);
      paint(context, text, x, y, colors.faint, colors.paper, 3);
    }
    context.restore();
  }

  name(context, { id, x, y, radius, strong, faint }, taken, colors) {
    const text = this.graph.name(id, strong ? 60 : 30);
    context.font = strong ? BOLD : NORMAL;
    const half = this.width(context, text) / 2 + 2;
    const places = [[x, y + radius + 2], [x, y - radius - 17], [x + radius + half + 2, y - 8], [x - radius - half - 2, y - 8]];
    const [middle, top] = places.find(([m, t]) => m > half && m + half < this.wide && taken.free(m - half, t, m + half, t + 15)) ?? (strong ? places[0] : []);
    if (middle === undefined) return;
    taken.add(middle - half, top, middle + half, top + 15);
    this.boxes.push({ node: id, left: middle - half, top, right: middle + half, bottom: top + 15 });
    context.globalAlpha = faint ? 0.35 : 1;
    paint(context, text, middle, top, colors.ink, colors.paper, 3.5);
    context.globalAlpha = 1;
  }

  /** The node whose name stands at a point, or -1. */
  at(x, y) {
    return this.boxes.find((box) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom)?.node ?? -1;
  }
}

function paint(context, text, x, y, color, halo, width) {
  context.lineWidth = width;
  context.strokeStyle = halo;
  context.strokeText(text, x, y);
  context.fillStyle = color;
  context.fillText(text, x, y);
}

/** Rectangles by cell, to know quickly whether a place is free. */
class Grid {
  constructor() {
    this.cells = new Map();
  }

  * keys(left, top, right, bottom) {
    for (let i = Math.floor(left / 64); i <= Math.floor(right / 64); i += 1) {
      for (let j = Math.floor(top / 64); j <= Math.floor(bottom / 64); j += 1) yield i * 100003 + j;
    }
  }

  add(left, top, right, bottom) {
    for (const key of this.keys(left, top, right, bottom)) {
      if (!this.cells.has(key)) this.cells.set(key, []);
      this.cells.get(key).push([left, top, right, bottom]);
    }
  }

  free(left, top, right, bottom) {
    for (const key of this.keys(left, top, right, bottom)) {
      for (const [l, t, r, b] of this.cells.get(key) ?? []) if (left < r && right > l && top < b && bottom > t) return false;
    }
    return true;
  }
}
