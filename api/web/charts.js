/** Small pictures drawn as SVG: shares in parts, ranked bars with intervals, and curves in the unit square. */
import { h, svg } from "./dom.js";
import { percent } from "./format.js";

/** @typedef {{name: string, parts: {count: number, look: string}[], total: number}} PartsRow */

/**
 * One bar of parts a row: how many were accepted, amended, rejected.
 * @param {PartsRow[]} rows
 * @param {string} label what the picture shows, for those who hear it
 */
export function partsChart(rows, label) {
  const [nameWidth, width, height] = [96, 470, 26];
  const picture = svg("svg", { class: "chart", viewBox: `0 0 ${nameWidth + width + 54} ${rows.length * height + 4}`, role: "img", "aria-label": label });
  rows.forEach((row, index) => {
    const y = index * height + 4;
    let x = nameWidth;
    picture.append(text(row.name, nameWidth - 8, y + 13, "end"));
    for (const part of row.parts) {
      const wide = row.total ? (part.count / row.total) * width : 0;
      picture.append(svg("rect", { x, y, width: wide, height: height - 8, class: `part ${part.look}` }));
      if (wide > 24) picture.append(text(String(part.count), x + wide / 2, y + 13, "middle", `on ${part.look}`));
      x += wide;
    }
    picture.append(text(`n=${row.total}`, nameWidth + width + 8, y + 13, "start", "soft"));
  });
  return picture;
}

/**
 * Bars of shares from 0 to 1.
 * @param {{name: string, value: number, note?: string}[]} rows
 * @param {string} label
 */
export function barChart(rows, label) {
  const [nameWidth, width, height] = [190, 330, 22];
  const picture = svg("svg", { class: "chart", viewBox: `0 0 ${nameWidth + width + 110} ${rows.length * height + 4}`, role: "img", "aria-label": label });
  rows.forEach((row, index) => {
    const y = index * height + 2;
    picture.append(
      text(row.name, nameWidth - 8, y + 14, "end"),
      svg("rect", { x: nameWidth, y: y + 2, width, height: height - 6, class: "track" }),
      svg("rect", { x: nameWidth, y: y + 2, width: Math.max(0, Math.min(1, row.value)) * width, height: height - 6, class: "part first" }),
      text(`${percent(row.value)}${row.note ? ` ${row.note}` : ""}`, nameWidth + width + 8, y + 14, "start", "soft"),
    );
  });
  return picture;
}

const SIDE = 240;
const LEFT = 46;
const TOP = 28;

/**
 * A curve in the unit square.
 * @param {object} given
 * @param {{x: number, y: number, weight?: number}[]} given.points in order; `weight` 0 to 1 sets the size of a dot
 * @param {string} given.label
 * @param {string} given.across name of the axis
 * @param {string} given.up name of the axis
 * @param {boolean} [given.diagonal] where a perfect curve lies
 * @param {{x: number, y: number, words: string}} [given.mark] a point to be read off
 * @param {number} [given.from] where the upright axis begins
 */
export function curve({ points, label, across, up, diagonal = false, mark, from = 0 }) {
  const px = (/** @type {number} */ x) => LEFT + x * SIDE * 1.35;
  const py = (/** @type {number} */ y) => TOP + (1 - (y - from) / (1 - from)) * SIDE;
  const right = px(1);
  const picture = svg("svg", { class: "chart curve", viewBox: `0 0 ${right + 16} ${SIDE + TOP + 44}`, role: "img", "aria-label": label });
  for (const step of [0, 0.25, 0.5, 0.75, 1]) {
    const value = from + step * (1 - from);
    picture.append(
      svg("line", { x1: LEFT, x2: right, y1: py(value), y2: py(value), class: "grid" }),
      text(percent(value), LEFT - 6, py(value) + 4, "end", "soft"),
      svg("line", { x1: px(step), x2: px(step), y1: py(from), y2: py(from) + 4, class: "tick" }),
      text(percent(step), px(step), py(from) + 17, "middle", "soft"),
    );
  }
  picture.append(text(across, px(0.5), py(from) + 35, "middle"), text(up, 2, 14, "start"));
  if (diagonal) picture.append(svg("line", { x1: px(from), y1: py(from), x2: px(1), y2: py(1), class: "ideal" }));
  const inside = points.filter((point) => Number.isFinite(point.x) && Number.isFinite(point.y));
  picture.append(svg("polyline", { points: inside.map((p) => `${px(p.x)},${py(Math.max(from, p.y))}`).join(" "), class: "line" }));
  for (const point of inside) {
    if (point.weight !== undefined) picture.append(svg("circle", { cx: px(point.x), cy: py(Math.max(from, point.y)), r: 2.5 + 6 * Math.sqrt(point.weight), class: "dot" }));
  }
  if (mark) {
    const leftward = mark.x > 0.6;
    picture.append(
      svg("line", { x1: px(mark.x), x2: px(mark.x), y1: py(from), y2: py(mark.y), class: "mark-line" }),
      svg("circle", { cx: px(mark.x), cy: py(mark.y), r: 5, class: "mark-dot" }),
      text(mark.words, px(mark.x) + (leftward ? -8 : 8), py(mark.y) + 20, leftward ? "end" : "start", "strong"),
    );
  }
  return picture;
}

/**
 * A number with its interval as a line from 0 to 1.
 * @param {{value: number, low?: number, high?: number}} figure
 */
export function intervalLine({ value, low, high }) {
  const x = (/** @type {number} */ share) => 2 + Math.max(0, Math.min(1, share)) * 156;
  const picture = svg("svg", { class: "interval", viewBox: "0 0 160 12", "aria-hidden": "true" });
  picture.append(svg("rect", { x: 2, y: 5, width: 156, height: 2, class: "track" }));
  if (low !== undefined && high !== undefined) picture.append(svg("rect", { x: x(low), y: 1, width: Math.max(1, x(high) - x(low)), height: 10, class: "range" }));
  picture.append(svg("circle", { cx: x(value), cy: 6, r: 3, class: "mark-dot" }));
  return picture;
}

/**
 * A picture with its name, what it says, and its numbers as a table for those who want them.
 * @param {{title: string, about: string, picture: Node, head?: string[], rows?: string[][], wide?: boolean}} given
 */
export function figure({ title, about, picture, head = [], rows = [], wide = false }) {
  const table = rows.length
    ? h(
        "details",
        {},
        h("summary", { i18n: "numbers" }),
        h("table", {}, h("thead", {}, h("tr", {}, ...head.map((cell) => h("th", { scope: "col" }, cell)))), h("tbody", {}, ...rows.map((row) => h("tr", {}, ...row.map((cell) => h("td", {}, cell)))))),
      )
    : null;
  return h("figure", { class: wide ? "wide" : "" }, h("figcaption", {}, h("h3", {}, title), h("p", { class: "hint" }, about)), picture, table);
}

/**
 * Draw anew, in another language for instance; the tables of numbers that somebody unfolded stay so.
 * @param {Element | null} host
 * @param {() => void} draw
 */
export function keepingUnfolded(host, draw) {
  const tables = () => /** @type {HTMLDetailsElement[]} */ ([...(host?.querySelectorAll("details") ?? [])]);
  const unfolded = tables().map((table) => table.open);
  draw();
  tables().forEach((table, index) => (table.open = unfolded[index] ?? false));
}

/**
 * @param {string} content
 * @param {number} x
 * @param {number} y
 * @param {string} anchor
 * @param {string} [look]
 */
function text(content, x, y, anchor, look = "") {
  return svg("text", { x, y, "text-anchor": anchor, class: look }, content);
}
