/** Every word on the screens, in both languages under the same keys. `term.*` translates what the wire carries in Chinese. */
import { AGENT_WORDS } from "./words-agent.js";
import { APPEAL_WORDS } from "./words-appeals.js";
import { CARD_WORDS } from "./words-cards.js";
import { CATALOGUE_WORDS } from "./words-catalogue.js";
import { CHALLENGER_WORDS } from "./words-challenger.js";
import { DESK_WORDS } from "./words-desks.js";
import { EVALUATION_WORDS } from "./words-evaluation.js";
import { KNOWLEDGE_WORDS } from "./words-knowledge.js";
import { REASON_WORDS } from "./words-reasons.js";
import { LABEL_REVIEW_WORDS } from "./words-label-review.js";
import { RETRIEVAL_WORDS } from "./words-retrieval.js";
import { RETURN_WORDS } from "./words-returns.js";
import { SEARCH_WORDS } from "./words-search.js";

/** @type {Record<string, [string, string]>} key -> Chinese, English */
const COMMON = {
  product: ["12345 热线座席辅助", "12345 Hotline Copilot"],
  principle: ["系统只作建议，由人核对并决定。", "The system proposes, a person disposes."],
  "desk.agent": ["座席台", "Agent desk"],
  "desk.dispatcher": ["派单台", "Dispatcher desk"],
  "desk.evaluator": ["评估台", "Evaluation desk"],
  "desk.agent.about": ["接听来电，核对建议，提交工单", "Answer calls, check suggestions, file work orders"],
  "desk.dispatcher.about": ["确认或改派承办单位", "Confirm or change the department in charge"],
  "desk.evaluator.about": ["查看派单与建议的准确率", "See how often routing and suggestions were right"],
  login: ["登录", "Log in"],
  "login.name": ["账号", "Account"],
  "login.password": ["密码", "Password"],
  "login.why": ["请先登录，再打开“{desk}”。没有账号请联系管理员。", "Log in to open the {desk}. For an account ask the administrator."],
  "login.again": ["重新登录", "Log in again"],
  logout: ["退出", "Log out"],
  choose_desk: ["选择工作台", "Choose a desk"],
  no_desk: ["此账号没有可用的工作台，请联系管理员分配角色。", "This account has no desk. Ask the administrator for a role."],
  close: ["关闭", "Close"],
  change: ["修改", "Change"],
  undo: ["还原", "Undo"],
  cancel: ["取消", "Cancel"],
  or: ["或：", "or:"],
  loading: ["正在读取…", "Loading…"],
  list_separator: ["、", ", "],
  required: ["必填", "required"],
  remove: ["移除{name}", "Remove {name}"],
  shortcuts: ["快捷键", "Shortcuts"],
  search_department: ["搜索单位、职责…（Alt+S）", "Search departments, duties… (Alt+S)"],
  too_long: ["共 {n} 字，最多 {most} 字，请缩短", "{n} characters, {most} at most: shorten it"],
  none_fits: ["没有符合的选项，换个说法试试", "Nothing fits: try another word"],
  name_another: ["另选承办单位", "Name another department"],
  appeal_n: ["诉求{n}", "Appeal {n}"],
  district_unknown: ["未知（全市）", "Unknown (whole city)"],
  "problem.pushed_down": ["职能部门事项不得下派街道（乡镇）。请派往职能部门；确需下派的，请在理由中写明赋权文件（如《赋权事项清单》）。", "A functional matter is not pushed down to a street or town. Choose the department, or name in the reason the document that delegates it."],
  "error.unreachable": ["无法连接服务，请检查网络后重试。", "The service cannot be reached. Check the network and try again."],
  "error.page": ["页面出错了，请刷新后重试；已确认的内容不会丢失。", "This page has a fault. Reload it; what was confirmed is safe."],
  "error.login_over": ["登录已过期，请重新登录后继续；本页内容仍在。", "The login has ended. Log in again; this page keeps what it holds."],
  "error.status": ["服务返回了错误（{status}），请重试。", "The service answered with error {status}. Try again."],
  "error.no_role": ["此账号（{name}）不能使用“{desk}”。", "This account ({name}) may not use the {desk}."],
  "error.no_role_why": ["需要以下角色之一：{roles}。请联系管理员分配，或换账号登录。", "It needs one of the roles: {roles}. Ask the administrator for it, or log in with another account."],
  "role.agent": ["座席", "agent"],
  "role.dispatcher": ["派单员", "dispatcher"],
  "role.evaluator": ["评估员", "evaluator"],
  "role.editor": ["知识编辑", "editor"],
  "role.administrator": ["管理员", "administrator"],
  missing: ["没有这个页面", "There is no such page"],
  "missing.about": ["地址可能输错了，或页面已经改名。", "The address may be mistyped, or the page has another name now."],
  "missing.back": ["回到首页，选择工作台", "Back to the first page, to choose a desk"],
  "age.now": ["刚刚", "just now"],
  "age.minutes": ["{n} 分钟", "{n} min"],
  "age.hours": ["{n} 小时", "{n} h"],
  "age.days": ["{n} 天", "{n} d"],
  "speaker.citizen": ["来电人", "Citizen"],
  "speaker.agent": ["座席", "Agent"],
  "slot.answer": ["政策依据", "Policy answer"],
  "slot.department": ["承办单位", "Department"],
  "slot.co_departments": ["协办单位", "Co-handling"],
  "slot.kind": ["诉求类型", "Kind"],
  "slot.title": ["标题", "Title"],
  "slot.summary": ["诉求内容", "Summary"],
  "slot.place": ["事发地点", "Place"],
  "slot.occurred": ["发生时间", "Occurred"],
  "slot.telephone": ["联系电话", "Telephone"],
  "slot.urgency": ["紧急程度", "Urgency"],
  "term.咨询": ["咨询", "Enquiry"],
  "term.求助": ["求助", "Help"],
  "term.投诉": ["投诉", "Complaint"],
  "term.举报": ["举报", "Report"],
  "term.建议": ["建议", "Proposal"],
  "term.表扬": ["表扬", "Praise"],
  "term.一般": ["一般", "Normal"],
  "term.紧急": ["紧急", "Urgent"],
  "term.特急": ["特急", "Emergency"],
  "reason.不相关": ["不相关", "Not relevant"],
  "reason.已过期": ["已过期", "Out of date"],
  "reason.建议不符": ["建议不符", "Not right"],
  "why.duty": ["职责", "Duty"],
  "why.words": ["用词", "Words"],
  "why.similar": ["相似", "Similar"],
  "why.rule": ["规则", "Rule"],
  "why.policy": ["政策", "Policy"],
  "why.quote": ["原话", "Quote"],
};

const ALL = { ...COMMON, ...RETRIEVAL_WORDS, ...AGENT_WORDS, ...CARD_WORDS, ...APPEAL_WORDS, ...DESK_WORDS, ...CATALOGUE_WORDS, ...CHALLENGER_WORDS, ...KNOWLEDGE_WORDS, ...EVALUATION_WORDS, ...REASON_WORDS, ...LABEL_REVIEW_WORDS, ...RETURN_WORDS, ...SEARCH_WORDS };

/**
 * @param {0 | 1} place
 * @returns {Record<string, string>}
 */
const inLanguage = (place) => Object.fromEntries(Object.entries(ALL).map(([key, words]) => [key, words[place]]));

/** @type {{zh: Record<string, string>, en: Record<string, string>}} */
export const WORDS = { zh: inLanguage(0), en: inLanguage(1) };
