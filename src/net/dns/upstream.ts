/** Asking the servers outside: one question at a time over UDP, over TCP when the answer did not fit (RFC 1035, 5452, 7766). */

import type { Timer } from '../../kernel/timers.js';
import type { Endpoint } from '../inet/address.js';
import {
  decodeMessage,
  encodeQuery,
  FORMERR,
  type Message,
  NOERROR,
  NOTIMP,
  NXDOMAIN,
  type Question,
} from './message.js';
import { lower } from './name.js';

/** How long a server has for an answer, in milliseconds. */
const UDP_TIMEOUT = 2000;
const TCP_TIMEOUT = 4000;
/** How often each server is asked. */
const ROUNDS = 2;
/** What we take over UDP: more would be sent in fragments (DNS flag day 2020). */
const UDP_SIZE = 1232;
/** Questions under way. */
const MAX_PENDING = 256;
/** Answers to somebody else's question that one attempt looks at: who guesses ids must not have the time for all of them. */
const MAX_STRANGERS = 16;

/** One question to one server: a socket of its own, so that the port is as hard to guess as the id. */
export interface Exchange {
  close(): void;
}

export interface ExchangeEvents {
  received(reply: Uint8Array): void;
  /** No answer will come. Never called before `open` has returned. */
  failed(): void;
}

/** The way to the servers. */
export interface DnsTransport {
  /** Sends `query` to `server`. @returns undefined if that is not possible */
  open(server: Endpoint, stream: boolean, query: Uint8Array, events: ExchangeEvents): Exchange | undefined;
}

export interface Timers {
  now(): number;
  add(deadline: number, expired: () => void): Timer;
  cancel(timer: Timer): void;
}

/** One try: a server, and how it is asked. */
interface Attempt {
  readonly server: Endpoint;
  readonly stream: boolean;
  readonly edns: boolean;
}

function sameQuestion(a: Question | undefined, b: Question): boolean {
  return a !== undefined && a.type === b.type && a.class === b.class && lower(a.name) === lower(b.name);
}

export class Upstream {
  private pending = 0;

  /**
   * @param servers asked in this order
   * @param random a number from 0 to 65535 that nobody can guess
   */
  constructor(
    private readonly servers: readonly Endpoint[],
    private readonly transport: DnsTransport,
    private readonly timers: Timers,
    private readonly random: () => number,
  ) {}

  /** @param done called once, later or at once: the answer (NOERROR or NXDOMAIN), or undefined if no server gave one */
  ask(question: Question, done: (reply: Message | undefined) => void): void {
    if (this.pending >= MAX_PENDING) {
      done(undefined);
      return;
    }
    this.pending++;
    const attempts: Attempt[] = [];
    for (let i = 0; i < ROUNDS; i++) {
      for (const server of this.servers) attempts.push({ server, stream: false, edns: true });
    }
    this.next(question, attempts, (reply) => {
      this.pending--;
      done(reply);
    });
  }

  private next(question: Question, attempts: Attempt[], done: (reply: Message | undefined) => void): void {
    const attempt = attempts.shift();
    if (attempt === undefined) {
      done(undefined);
      return;
    }
    this.attempt(question, attempt, (reply) => {
      if (reply === undefined) this.next(question, attempts, done);
      else if (reply.truncated && !attempt.stream) {
        this.next(question, [{ ...attempt, stream: true }, ...attempts], done);
      } else if (reply.rcode === NOERROR || reply.rcode === NXDOMAIN) done(reply);
      else if ((reply.rcode === FORMERR || reply.rcode === NOTIMP) && attempt.edns) {
        this.next(question, [{ ...attempt, edns: false }, ...attempts], done);
      } else this.next(question, attempts, done);
    });
  }

  private attempt(question: Question, attempt: Attempt, done: (reply: Message | undefined) => void): void {
    const id = this.random();
    let strangers = 0;
    let over = false;
    const finish = (reply: Message | undefined): void => {
      if (over) return;
      over = true;
      this.timers.cancel(timer);
      exchange?.close();
      done(reply);
    };
    const timer = this.timers.add(this.timers.now() + (attempt.stream ? TCP_TIMEOUT : UDP_TIMEOUT), () =>
      finish(undefined),
    );
    const query = encodeQuery(id, question, attempt.edns && !attempt.stream ? UDP_SIZE : undefined);
    const exchange = this.transport.open(attempt.server, attempt.stream, query, {
      received: (bytes) => {
        const reply = decodeMessage(bytes);
        const ours = reply?.response === true && reply.id === id && answersTo(reply, question);
        if (ours) finish(reply);
        else if (attempt.stream || ++strangers > MAX_STRANGERS) finish(undefined);
      },
      failed: () => finish(undefined),
    });
    if (exchange === undefined) finish(undefined);
  }
}

/** A server that does not understand a query may leave the question out of its answer. */
function answersTo({ questions, rcode }: Message, question: Question): boolean {
  if (questions.length === 0) return rcode === FORMERR || rcode === NOTIMP;
  return sameQuestion(questions[0], question);
}
