/** Words of the reasons beside a ranking: Chinese, English. */

/** @type {Record<string, [string, string]>} */
export const REASON_WORDS = {
  "precedents.count": ["{n} 件由人确认的类似工单", "{n} similar orders that people confirmed"],
  "precedents.day": ["{day} 受理", "taken on {day}"],
};
