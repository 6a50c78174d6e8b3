/** Words of the challenger's panel on the evaluator's desk: Chinese, English. */

/** @type {Record<string, [string, string]>} */
export const CHALLENGER_WORDS = {
  "challenger.title": ["挑战模型（与在用模型同流比较）", "Challenger (beside the router in service, on the same calls)"],
  "challenger.about": ["挑战模型在后台对每个通话排序，座席看不到；以人最终确定的承办单位为准比较两者。", "The challenger ranks every call in the background and nobody sees it; both are held against the department that people settled on."],
  "challenger.none": ["目前没有挑战模型。训练后运行：", "No router runs in the shadow. After training one, type:"],
  "challenger.waiting": ["已对 {n} 个诉求排序，还没有已提交的工单可供比较。", "It has ranked {n} appeals; no order of them is filed yet."],
  "challenger.served": ["在用 {version}", "In service {version}"],
  "challenger.rival": ["挑战 {version}", "Challenger {version}"],
  "challenger.offline": ["离线 {accuracy}（n={n}）", "offline {accuracy} (n={n})"],
  "challenger.unmeasured": ["离线未评测", "not measured offline"],
  "challenger.stale": ["文件夹中的版本与运行中的不同，重启或提升后生效", "The folder holds another version than the one that answers"],
  "challenger.measure": ["指标", "Measure"],
  "challenger.difference": ["差别（95% 区间）", "Difference (95% interval)"],
  "challenger.accuracy": ["准确率", "Accuracy"],
  "challenger.macro_f1": ["宏平均 F1", "Macro F1"],
  "challenger.top3": ["前三命中率", "Top 3"],
  "challenger.ece": ["校准误差（越低越好）", "Calibration error (lower is better)"],
  "challenger.precision_of_recommended": ["推荐时的准确率", "Precision where it recommends"],
  "challenger.share_recommended": ["推荐的比例", "Share recommended"],
  "challenger.n": ["{n} 件工单，{first} – {last}", "{n} orders, weeks of {first} – {last}"],
  "challenger.disputes": ["两者首选不同 {n} 件：人采用在用 {served} 件，采用挑战 {challenger} 件，均未采用 {neither} 件。", "They differ on {n} orders: people went with the one in service on {served}, with the challenger on {challenger}, with neither on {neither}."],
  "challenger.weeks": ["逐周准确率", "Accuracy by week"],
  "challenger.week": ["周（周一）", "Week of"],
  "challenger.orders": ["件数", "Orders"],
  "challenger.promote": ["由评估员决定是否启用，在服务器上运行：", "An evaluator decides; on the server, type:"],
  "challenger.roll_back": ["恢复先前的模型（保留 {n} 个）：", "To go back to a former one ({n} kept):"],
};
