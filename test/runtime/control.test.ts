/** The control socket: its protocol, and clients that mean no good. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { encodeFrame, FrameReader } from '../../src/control/frames.js';
import { CONTROL_VERSION } from '../../src/control/protocol.js';
import { Bench, skipContainers } from './bundle.js';

interface Answer {
  id: number;
  result?: unknown;
  error?: { code: string; message: string };
}

/** A client that says what it is told to say. */
class RawClient {
  readonly #reader = new FrameReader();
  readonly #waiting: ((answer: Answer | undefined) => void)[] = [];
  readonly #answers: Answer[] = [];
  closed = false;

  private constructor(readonly socket: Socket) {
    socket.on('data', (bytes) => {
      this.#reader.push(Buffer.from(bytes));
      for (let a = this.#reader.next(); a !== undefined; a = this.#reader.next()) this.#answered(a as Answer);
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closed = true;
      for (const w of this.#waiting.splice(0)) w(undefined);
    });
  }

  /** Connects, as often as it takes until there is room among those that wait to be let in. */
  static async connect(path: string): Promise<RawClient> {
    for (;;) {
      const socket = connect(path);
      try {
        await once(socket, 'connect');
        return new RawClient(socket);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
        await sleep(20);
      }
    }
  }

  #answered(answer: Answer): void {
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#answers.push(answer);
    else waiting(answer);
  }

  /** The next answer; undefined once the other side has hung up. */
  answer(): Promise<Answer | undefined> {
    const known = this.#answers.shift();
    if (known !== undefined || this.closed) return Promise.resolve(known);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  ask(message: object): Promise<Answer | undefined> {
    this.socket.write(encodeFrame({ v: CONTROL_VERSION, id: 1, fds: 0, ...message }));
    return this.answer();
  }
}

describe('the control socket', { skip: skipContainers, timeout: 120_000 }, () => {
  const bench = new Bench('control');
  const id = `control-${process.pid}`;
  let path = '';

  before(() => {
    const { status, stderr } = bench.run('run', '-d', '-b', bench.bundle(id, ['sleep', '100']), id);
    assert.equal(status, 0, stderr);
    const record = JSON.parse(readFileSync(join(bench.root, id, 'container.json'), 'utf8'));
    path = join(bench.root, '@sandboxes', record.sandbox, 'control');
  });
  after(() => bench.run('delete', '--force', id));

  /** The container answers as if nothing had happened. */
  async function well(): Promise<void> {
    const client = await RawClient.connect(path);
    assert.deepEqual((await client.ask({ method: 'state', params: { id } }))?.result, {
      ...((await client.ask({ method: 'state', params: { id } }))?.result as object),
      status: 'running',
    });
    client.socket.destroy();
    assert.equal(bench.run('exec', id, 'echo', 'here').stdout, 'here\n');
  }

  it('answers each request by its number, whatever its parts come in', async () => {
    const client = await RawClient.connect(path);
    const frames = [7, 8].map((n) => ({
      v: CONTROL_VERSION,
      id: n,
      method: 'state',
      params: { id },
      fds: 0,
    }));
    for (const byte of Buffer.concat(frames.map(encodeFrame))) client.socket.write(Buffer.from([byte]));
    assert.deepEqual([(await client.answer())?.id, (await client.answer())?.id], [7, 8]);
    client.socket.destroy();
  });

  it('refuses what it does not know, by name', async () => {
    const client = await RawClient.connect(path);
    const codes: (string | undefined)[] = [];
    for (const message of [
      { method: 'nonsense', params: {} },
      { method: 'state', params: { id: 'nobody' } },
      { method: 'state', params: { id }, v: 99 },
      { method: 'startExec', params: { id, pid: 424242 } },
      { method: 'create', params: { id } },
      { method: 'exec', params: { id, process: null } },
      { method: 'network', params: { mode: 'none', publish: [] } },
      { method: 'boot', params: {} },
    ])
      codes.push((await client.ask(message))?.error?.code);
    assert.deepEqual(codes.slice(0, 5), ['invalid', 'not-found', 'version', 'not-found', 'exists']);
    assert.ok(
      codes.every((code) => code !== undefined),
      codes.join(' '),
    );
    client.socket.destroy();
    await well();
  });

  it('hangs up on those who do not speak its language', async () => {
    const garbage = [
      Buffer.from([0xff, 0xff, 0xff, 0xff, 1]),
      Buffer.from('GET / HTTP/1.1\r\n\r\n'),
      Buffer.concat([Buffer.from([4, 0, 0, 0]), Buffer.from('nope')]),
      encodeFrame([1, 2]),
      Buffer.concat([Buffer.from([4, 0, 0, 0]), Buffer.from('null')]),
    ];
    for (const bytes of garbage) {
      const client = await RawClient.connect(path);
      client.socket.write(bytes);
      const answer = await client.answer();
      assert.ok(answer === undefined || answer.error !== undefined, JSON.stringify(answer));
      client.socket.destroy();
    }
    await well();
  });

  it('serves others while clients send halves, read nothing or crowd in', async () => {
    const half = await RawClient.connect(path);
    half.socket.write(encodeFrame({ method: 'state' }).subarray(0, 9));
    const deaf = await RawClient.connect(path);
    deaf.socket.pause();
    const question = encodeFrame({ v: CONTROL_VERSION, id: 1, method: 'ps', params: { id }, fds: 0 });
    for (let i = 0; i < 20_000 && !deaf.closed; i++) deaf.socket.write(question);
    const crowd: RawClient[] = [];
    for (let i = 0; i < 100; i++) crowd.push(await RawClient.connect(path));
    for (const one of crowd)
      one.socket.write(encodeFrame({ v: CONTROL_VERSION, id: 1, method: 'wait', params: { id }, fds: 0 }));
    await well();
    for (const one of [half, deaf, ...crowd]) one.socket.destroy();
    await well();
  });
});
