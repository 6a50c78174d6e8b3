/**
 * Plays a recording aloud and sends it over the same socket, at the same pace and in the same form as a live call.
 *
 * What has been sent follows the clock, not the timer: a throttled tab catches up with the next tick. When the socket
 * comes back after a break, sending goes on from where the service had heard, so nothing said is lost.
 */
import { api } from "./api-client.js";

const SAMPLE_RATE = 16000;
const FRAME = SAMPLE_RATE / 5; // samples of 200 ms
const TICK = 100; // ms
const MOST_UNSENT = 1 << 20; // bytes left in the socket beyond which sending waits
const MOST_FRAMES = 4; // a tick: after a break the sound catches up, but does not flood the service
const PAUSE = 5000; // ms
const MOST_LAG = 8; // seconds waiting to be understood beyond which catching up waits

export class RecordingPlayer {
  /**
   * @param {{onEnd: () => void}} handlers `onEnd`: the last sample was sent and heard aloud
   */
  constructor(handlers) {
    this.handlers = handlers;
    /** @type {import("./live-call.js").LiveCall | null} */
    this.live = null;
    /** @type {AudioContext | null} */
    this.context = null;
    /** @type {Int16Array | null} left and right samples in turn */
    this.samples = null;
    this.muted = false;
    this.sent = 0; // samples per channel
    this.started = 0; // ms on the page's clock at which second 0 of the recording was (or would have been) heard
    this.listening = false;
    this.lag = 0;
    this.timer = 0;
    this.finished = false; // all of it was sent, and the service may still be writing down
  }

  /** Whether a recording is being played. */
  get playing() {
    return this.timer !== 0;
  }

  /** Seconds of the recording. */
  get seconds() {
    return this.samples ? this.samples.length / 2 / SAMPLE_RATE : 0;
  }

  /** Seconds into the recording that should be audible now. */
  get position() {
    if (this.finished) return this.seconds;
    return this.playing ? Math.min(this.seconds, (performance.now() - this.started) / 1000) : 0;
  }

  /** Seconds of a call: as far as it is played, else as far as is known. @param {import("./event-fold.js").CallView | null} view */
  secondsOf(view) {
    if (!view) return 0;
    if (view.ended) return view.seconds;
    if (this.playing || this.finished) return this.position;
    const recorded = view.call?.channel === "recording";
    return recorded ? (view.utterances.at(-1)?.end ?? 0) : (Date.now() - new Date(view.startedAt).getTime()) / 1000;
  }

  /**
   * Fetch and decode; nothing is played yet.
   * @param {string} recording
   */
  async load(recording) {
    const bytes = await api.recordingAudio(recording);
    this.context ??= new AudioContext({ sampleRate: SAMPLE_RATE });
    this.buffer = await this.context.decodeAudioData(bytes);
    this.samples = interleaved(this.buffer);
  }

  /**
   * Play from `offset` seconds on; sound goes up as soon as `live` says hello.
   * @param {import("./live-call.js").LiveCall} live
   * @param {number} offset
   */
  start(live, offset) {
    if (!this.context || !this.buffer) throw new Error("load a recording first");
    this.live = live;
    this.listening = false;
    this.finished = false;
    void this.context.resume();
    this.gain = new GainNode(this.context, { gain: this.muted ? 0 : 1 });
    this.source = new AudioBufferSourceNode(this.context, { buffer: this.buffer });
    this.source.connect(this.gain).connect(this.context.destination);
    this.source.start(0, offset);
    this.started = performance.now() - offset * 1000;
    this.timer = window.setInterval(() => this.pump(), TICK);
  }

  /**
   * The service says what it has heard: tell it what comes, and go on from there.
   * @param {Record<string, number>} heardUntil seconds by speaker
   */
  hello(heardUntil) {
    const from = { citizen: heardUntil.citizen ?? 0, agent: heardUntil.agent ?? 0 };
    this.live?.send({ type: "listen", sample_rate: SAMPLE_RATE, from });
    this.sent = Math.round(Math.min(from.citizen, from.agent) * SAMPLE_RATE);
    this.listening = true;
    this.pump();
  }

  /**
   * The service took too much on and says from where to go on: when it is less far behind, it is asked to listen again.
   * @param {Record<string, number>} from
   */
  refused(from) {
    this.listening = false;
    window.setTimeout(() => this.playing && this.live?.ready && this.hello(from), PAUSE);
  }

  /** The socket broke: hold the sound back until it says hello again. */
  interrupted() {
    this.listening = false;
  }

  /** @param {boolean} muted */
  mute(muted) {
    this.muted = muted;
    if (this.gain) this.gain.gain.value = muted ? 0 : 1;
  }

  stop() {
    clearInterval(this.timer);
    this.timer = 0;
    this.source?.stop();
    this.source?.disconnect();
    this.live = null;
    this.finished = false;
  }

  /** Send every whole frame that the clock has passed. */
  pump() {
    if (!this.listening || !this.samples || !this.live?.ready) return;
    const total = this.samples.length / 2;
    const due = Math.min(total, Math.floor(this.position * SAMPLE_RATE));
    const catchingUp = due - this.sent > 2 * FRAME;
    if (catchingUp && this.lag > MOST_LAG) return;
    for (let frame = 0; frame < MOST_FRAMES && this.sent < due && this.live.backlog < MOST_UNSENT; frame += 1) {
      const end = Math.min(this.sent + FRAME, total);
      if (end > due) break;
      this.live.send(this.samples.slice(2 * this.sent, 2 * end).buffer);
      this.sent = end;
    }
    if (this.sent >= total) this.finish();
  }

  finish() {
    this.live?.send({ type: "hang_up" });
    const whole = this.sent === (this.samples?.length ?? 0) / 2;
    this.stop();
    this.finished = whole;
    this.handlers.onEnd();
  }
}

/**
 * Left and right in turn as signed 16 bit; a mono recording is taken as the citizen's.
 * @param {AudioBuffer} buffer
 * @returns {Int16Array}
 */
function interleaved(buffer) {
  const left = buffer.getChannelData(0);
  const right = buffer.numberOfChannels > 1 ? buffer.getChannelData(1) : new Float32Array(left.length);
  const samples = new Int16Array(2 * left.length);
  for (let i = 0; i < left.length; i += 1) {
    samples[2 * i] = toInt16(left[i]);
    samples[2 * i + 1] = toInt16(right[i]);
  }
  return samples;
}

/** @param {number} sample -1 to 1 */
function toInt16(sample) {
  return Math.round(Math.max(-1, Math.min(1, sample)) * 32767);
}
