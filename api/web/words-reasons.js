/** Words of the reasons beside a ranking: Chinese, English. */

/** @type {Record<string, [string, string]>} */
export const REASON_WORDS = {
  "slot.category": ["事项分类", "Category"],
  search_category: ["搜索事项分类…", "Search categories…"],
  merged_left_out: ["合并的诉求另填有不同的{slots}，未带入，请核对。", "The merged appeal had other values for {slots}. They were left out: please check."],
  "why.history": ["历史", "History"],
  "history.text": ["这类事项过去 {total} 件中 {own} 件由该单位处理（{path}）", "{own} of {total} past orders of this category ({path}) went to this department"],
  "precedents.count": ["{n} 件由人确认的类似工单", "{n} similar orders that people confirmed"],
  "precedents.day": ["{day} 受理", "taken on {day}"],
};
