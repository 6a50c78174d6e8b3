/** Words of orders that came back: Chinese, English. */

/** @type {Record<string, [string, string]>} */
export const RETURN_WORDS = {
  "returns.tag": ["退单", "returned"],
  "returns.came_back": ["{department} 退回", "{department} sent it back"],
  "returns.record": ["退单登记", "Record a return"],
  "returns.legend": ["{department} 退回该工单的原因", "Why {department} sent it back"],
  "returns.words": ["承办单位的说明", "What the department said"],
  "returns.words_needed": ["请写明承办单位的说明。", "Write down what the department said."],
  "returns.code_needed": ["请选择退单原因。", "Choose why it came back."],
  "returns.send": ["登记退单", "Record the return"],
  "returns.done": ["{number} 已登记退单，回到待派单队列", "{number} is recorded as returned and waits again"],
  "returns.again": ["异议不成立，仍派 {department}", "Objection not upheld: {department} again"],
  "returns.choose": ["请改派：从排序中选择，或搜索其他单位；须写明理由。", "Send it on: choose from the ranking or search; a reason is required."],
  "returns.history": ["派单经过", "Where it has been"],
  "returns.went": ["派往 {department}", "Sent to {department}"],
  "online.returned": ["退单率（按工单计）", "Orders that came back"],
  "online.moved": ["{k} / {n}，其中改派 {moved} 件", "{k} / {n}, of which {moved} moved to another department"],
  "why_again.not_upheld": ["异议不成立，职责依据明确", "Objection not upheld: the duty is clear"],
  "why_again.completed": ["要素已补全", "The missing facts were added"],
};
