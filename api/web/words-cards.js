/** Words of the answer cards: Chinese, English. */

/** @type {Record<string, [string, string]>} */
export const CARD_WORDS = {
  "card.sure.3": ["把握很大：10次约有{n}次是这份文件", "Very likely: the right document about {n} times in 10"],
  "card.sure.2": ["把握较大：10次约有{n}次是这份文件", "Likely: the right document about {n} times in 10"],
  "card.sure.1": ["供参考：10次约有{n}次是这份文件", "For reference: the right document about {n} times in 10"],
  "card.sure.short.3": ["把握很大 {n}/10", "Very likely {n}/10"],
  "card.sure.short.2": ["把握较大 {n}/10", "Likely {n}/10"],
  "card.sure.short.1": ["供参考 {n}/10", "For reference {n}/10"],
  "card.unmarked.short": ["请通读", "read it all"],
  "card.unmarked": ["没有标出是哪一句：请通读这一条再答。", "No one sentence is marked: read the passage before you answer."],
  "card.internal": ["内部：不得读出", "Internal: do not read out"],
  "card.only_in": ["仅适用于{area}", "Holds in {area} only"],
  "card.ask": ["追问", "Ask"],
  "card.case": ["情形：{case}", "Case: {case}"],
  "card.case_heard": ["（听到来电人已说明）", "(heard from the caller)"],
  "card.gone": ["话题已变，系统已撤下；处理完即收起。", "No longer suggested; it goes when you are done."],
  "card.original": ["原文", "Original"],
  "card.edited": ["经座席修改", "Edited by the agent"],
  "card.report_note": ["哪里过期或有误？（可不填）", "What is out of date or wrong? (optional)"],
  "card.report_outdated": ["上报：已过期", "Report as outdated"],
  "card.report_wrong": ["上报：内容有误", "Report as wrong"],
  "card.reported.outdated": ["已上报：已过期，由{owner}处理", "Reported to {owner}: outdated"],
  "card.reported.wrong": ["已上报：内容有误，由{owner}处理", "Reported to {owner}: wrong"],
  "card.reported_by": ["{name} {time}", "{name} {time}"],
  "card.source_link": ["查看原文出处", "Open the source"],
  "key.cards": ["到政策依据卡片，再按到下一张（卡片上：A 采用、E 编辑、X 不相关、G 过期或有误、1-6 选情形、↑↓ 换卡片）", "To the answer cards, again to the next (on a card: A use, E edit, X not relevant, G outdated or wrong, 1-6 choose a case, ↑↓ next card)"],
};
