/** Words of the evaluator's look at doubtful labels: Chinese, English. */

/** @type {Record<string, [string, string]>} */
export const LABEL_REVIEW_WORDS = {
  "labels.title": ["标签复核", "Doubtful labels"],
  "labels.about": ["训练认为下列工单的承办单位标签可能有误（置信学习）。复核结论只用于训练，不改变工单去向。", "Training doubts the department of these orders (confident learning). A review is for training only: the order stays where it is."],
  "labels.counts": ["共提出 {raised} 条，已复核 {reviewed} 条", "{raised} raised, {reviewed} reviewed"],
  "labels.none": ["没有待复核的标签。运行 hotline train routing --from-journal 后在此列出。", "Nothing to review. hotline train routing --from-journal lists what it doubts here."],
  "labels.all_done": ["全部复核完毕，下次训练将采用复核结论。", "All reviewed: the next training learns from it."],
  "labels.given": ["现标签", "Label"],
  "labels.likelier": ["更可能是", "Likelier"],
  "labels.alike": ["几乎相同的工单", "Near-identical orders"],
  "labels.right": ["标签正确：{department}", "The label is right: {department}"],
  "labels.wrong": ["应为 {department}", "It should be {department}"],
  "labels.cannot_tell": ["无法判断", "Nobody can tell"],
  "labels.reason": ["复核说明（可不填）", "Remark (optional)"],
};
