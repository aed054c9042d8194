/**
 * As much of the Container Runtime Interface as these tests speak: Kubernetes' own protocol to containerd, gRPC over a unix socket. Messages
 * are written by field number as in k8s.io/cri-api (runtime/v1/api.proto).
 */
import { type ClientHttp2Session, connect } from 'node:http2';
import { createConnection } from 'node:net';

/** A message: fields by number; several values of one field as a list. */
export interface Message {
  readonly [field: number]: Value | readonly Value[] | undefined;
}
type Value = string | number | Message;

function varint(n: number): number[] {
  const bytes: number[] = [];
  let rest = n;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}

function encode(message: Message): Buffer {
  const parts: Buffer[] = [];
  for (const [field, value] of Object.entries(message)) {
    for (const one of Array.isArray(value) ? (value as readonly Value[]) : [value as Value]) {
      if (one === undefined) continue;
      if (typeof one === 'number') {
        parts.push(Buffer.from([...varint(Number(field) * 8), ...varint(one)]));
        continue;
      }
      const bytes = typeof one === 'string' ? Buffer.from(one) : encode(one);
      parts.push(Buffer.from([...varint(Number(field) * 8 + 2), ...varint(bytes.length)]), bytes);
    }
  }
  return Buffer.concat(parts);
}

/** The fields of an answer; of a field that comes more than once the last one. */
export class Answer {
  private readonly fields = new Map<number, Buffer | number>();

  constructor(bytes: Buffer) {
    let at = 0;
    const next = (): number => {
      let value = 0;
      for (let scale = 1; ; scale *= 128) {
        const byte = bytes[at++] ?? 0;
        value += (byte & 127) * scale;
        if (byte < 128) return value;
      }
    };
    while (at < bytes.length) {
      const tag = next();
      const kind = tag % 8;
      const field = Math.floor(tag / 8);
      if (kind === 0) this.fields.set(field, next());
      else if (kind === 2) {
        const length = next();
        this.fields.set(field, bytes.subarray(at, at + length));
        at += length;
      } else throw new Error(`an answer with a field of kind ${kind}`);
    }
  }

  text(field: number): string {
    const value = this.fields.get(field);
    return value instanceof Buffer ? value.toString() : '';
  }
  number(field: number): number {
    const value = this.fields.get(field);
    return typeof value === 'number' ? value : 0;
  }
  message(field: number): Answer {
    const value = this.fields.get(field);
    return new Answer(value instanceof Buffer ? value : Buffer.alloc(0));
  }
}

export class Cri {
  readonly #session: ClientHttp2Session;

  /** @param socket the path of containerd's socket */
  constructor(socket: string) {
    this.#session = connect('http://localhost', { createConnection: () => createConnection(socket) });
    this.#session.on('error', () => undefined);
  }

  /**
   * One call of the runtime service.
   *
   * @throws Error with what the server says, or when it says nothing in 30 seconds
   */
  call(method: string, request: Message): Promise<Answer> {
    const body = encode(request);
    const head = Buffer.alloc(5);
    head.writeUInt32BE(body.length, 1);
    return new Promise((resolve, reject) => {
      const stream = this.#session.request({
        ':method': 'POST',
        ':path': `/runtime.v1.RuntimeService/${method}`,
        'content-type': 'application/grpc',
        te: 'trailers',
      });
      const chunks: Buffer[] = [];
      let status = '';
      let message = '';
      const note = (headers: { 'grpc-status'?: unknown; 'grpc-message'?: unknown }): void => {
        status = String(headers['grpc-status'] ?? status);
        message = decodeURIComponent(String(headers['grpc-message'] ?? message));
      };
      stream.on('response', note);
      stream.on('trailers', note);
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('error', reject);
      stream.setTimeout(30_000, () => stream.close());
      stream.on('close', () => {
        if (status === '0') resolve(new Answer(Buffer.concat(chunks).subarray(5)));
        else reject(new Error(`${method}: ${message || 'no answer'}`));
      });
      stream.end(Buffer.concat([head, body]));
    });
  }

  close(): void {
    this.#session.destroy();
  }
}
