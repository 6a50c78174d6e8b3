/** Words about appeals that are split, merged and moved: Chinese, English. */

/** @type {Record<string, [string, string]>} */
export const APPEAL_WORDS = {
  another_matter: ["是另一件事吗？", "Is this another matter?"],
  "another_matter.from": ["从“{words}…”起似由“{now}”承办，此前为“{was}”。", "From “{words}…” on it looks like {now}; before it was {was}."],
  split_off: ["另立诉求", "Open an appeal"],
  same_matter: ["仍是同一件事", "Still the same"],
  split_from_here: ["从这里起另立诉求", "New appeal from here"],
  move_to: ["归入诉求{n}", "Move to appeal {n}"],
  merge_into: ["诉求{from}并入诉求{n}", "Merge {from} into {n}"],
  appeal_tools: ["归属调整", "What these words belong to"],
  appeal_filed: ["工单已提交，不能再调整", "Filed: its words stay with it"],
  part_of: ["诉求{n}：", "Appeal {n}: "],
  "key.split": ["从所选话语起另立诉求", "New appeal from the focused words"],
  "key.same": ["仍是同一件事", "It is still the same matter"],
  "key.merge": ["合并诉求", "Merge appeals"],
  "key.appeal": ["下一个诉求", "Next appeal"],
};
