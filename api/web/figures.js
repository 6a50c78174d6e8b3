/** Reading the figures of an evaluation, whatever form their intervals have; and intervals of counts. */

/** @typedef {{value: number, low?: number, high?: number}} Figure */

/**
 * A figure with its interval: `0.91`, `{value, low, high}`, `{value, interval: [low, high]}`, or beside it in
 * `intervals` under the same name.
 * @param {any} report
 * @param {string} name
 * @returns {Figure | null}
 */
export function readFigure(report, name) {
  const found = report?.[name];
  const beside = report?.intervals?.[name] ?? report?.[`${name}_interval`] ?? report?.[`${name}_ci`];
  if (typeof found === "number") return withInterval(found, beside);
  const value = found?.value ?? found?.estimate ?? found?.point ?? found?.coverage;
  if (typeof value !== "number") return null;
  return withInterval(value, found.interval ?? found.ci95 ?? found.ci ?? (found.low === undefined ? beside : [found.low, found.high]));
}

/**
 * @param {number} value
 * @param {any} interval
 * @returns {Figure}
 */
function withInterval(value, interval) {
  const pair = Array.isArray(interval) ? interval : interval ? [interval.low ?? interval.lower, interval.high ?? interval.upper] : [];
  return pair.length === 2 && pair.every(Number.isFinite) ? { value, low: pair[0], high: pair[1] } : { value };
}

/**
 * Wilson's score interval (1927) of a share: honest for few cases, where others promise too much.
 * @param {number} hits
 * @param {number} cases
 * @returns {Figure | null} null without cases
 */
export function shareOf(hits, cases) {
  if (!cases) return null;
  const z = 1.959964;
  const share = hits / cases;
  const scale = 1 + (z * z) / cases;
  const middle = (share + (z * z) / (2 * cases)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / cases + (z * z) / (4 * cases * cases));
  return { value: share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/**
 * The list under the first of these names that holds one.
 * @param {any} report
 * @param {...string} names
 * @returns {any[]}
 */
export function readList(report, ...names) {
  for (const name of names) {
    const found = report?.[name];
    if (Array.isArray(found) && found.length) return found;
    if (Array.isArray(found?.bins) && found.bins.length) return found.bins;
    if (Array.isArray(found?.points) && found.points.length) return found.points;
  }
  return [];
}

/**
 * The first of these fields that is a number; a point may be a pair.
 * @param {any} row
 * @param {number} place
 * @param {...string} names
 */
export function readNumber(row, place, ...names) {
  if (Array.isArray(row)) return Number(row[place]);
  const name = names.find((candidate) => typeof row?.[candidate] === "number");
  return name ? row[name] : Number.NaN;
}
