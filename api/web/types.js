/**
 * The shapes that cross the wire: the dataclasses of copilot/*.py as JSON. Only types, nothing to run.
 *
 * @typedef {"answer"|"department"|"co_departments"|"kind"|"title"|"summary"|"place"|"occurred"|"telephone"|"urgency"|"category"} Slot
 * @typedef {"accept"|"amend"|"reject"} Verdict
 * @typedef {"citizen"|"agent"} Speaker
 *
 * @typedef {{name: string, display_name: string, roles: string[]}} Account
 * @typedef {{call_id: string, channel: string, agent: string, day: string, area: string, recording?: string}} Call
 * @typedef {{utterance_id: string, speaker: Speaker, text: string, start: number, end: number, appeal_id: string,
 *   parts?: Part[], readings?: Reading[]}} Utterance
 * @typedef {{start: number, end: number, term: string}} Reading characters of an utterance that are read as a name
 * @typedef {{start: number, end: number, appeal_id: string}} Part characters of an utterance
 * @typedef {{hint_id: string, appeal_id: string, utterance_id: string, start: number, was: string, now: string,
 *   cue: string, heard_until: number}} Hint
 * @typedef {{district: string, street: string, detail: string}} Place
 * @typedef {{code: string, path: string[], phrases?: string[]}} Category 事项分类, the broadest level first
 * @typedef {{kind: string, text: string, source?: string}} Reason
 * @typedef {{value: any, probability: number, reasons?: Reason[]}} Choice
 * @typedef {{slot: Slot, choices: Choice[], versions?: Record<string, string>, abstained?: boolean, likely?: string[]}} Suggestion
 * @typedef {{passage_id: string, article_id: string, title: string, heading: string, document_number: string,
 *   issuer: string, owner: string, effective_from: string, effective_to: string | null, quote: string,
 *   highlight: [number, number][], sentence?: [number, number] | null, area?: string, secrecy?: string,
 *   source_link?: string, follow_up?: FollowUp | null, case?: string, original?: string, search_id?: string}} Citation
 * @typedef {{citation: Citation, probability: number | null}} LookedUp a passage that a search by hand brought
 * @typedef {{question: string, cases: {label: string, citation: Citation}[]}} FollowUp
 * @typedef {{suggestion_id: string, appeal_id: string, suggestion: Suggestion, supersedes: string[], heard_until: number,
 *   standing?: {suggestion_id: string, probability: number, sentence: [number, number] | null},
 *   chosen?: {case: string, by: string}}} Made
 * @typedef {{decision_id: string, appeal_id: string, slot: Slot, verdict: Verdict, suggestion_id: string | null,
 *   value: any, by: string, reason?: string}} Decision
 * @typedef {{value: any, decision_id: string, by: string, at: string, suggestion_id: string | null, outdated?: boolean}} Confirmed
 * @typedef {{appeal_id: string, category: string, phrase: string, transfer_to: string, advice: string,
 *   speaker: Speaker, heard_at: number}} Urgency
 * @typedef {{number: string, appeal_id: string, filed_by: string, filed_at: string, [slot: string]: any}} Order
 * @typedef {{type: "event", seq: number, at: string, name: string, data: any}} WireEvent
 * @typedef {{speaker: Speaker, text: string, start: number, end: number}} Interim
 * @typedef {{name: string, duties?: {text: string, legal_basis?: string, phrases?: string[]}[] | string,
 *   aliases?: string[], telephone?: string, kind?: "functional"|"district"|"street"|"utility"}} Department
 * @typedef {{name: string, streets: string[]}} District
 */
export {};
