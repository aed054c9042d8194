// A program that confines itself as the sentry does, and then tries what a sentry that somebody has taken over would try.
// Prints one line a try. argv[2] is the addon, argv[3] and argv[4] what it keeps of the network and of unix sockets.
const { spawnSync } = require('node:child_process');
const { createServer, connect } = require('node:net');
const { createSocket } = require('node:dgram');
const { Worker } = require('node:worker_threads');
const fs = require('node:fs');

const native = require(process.argv[2]);
const listener = createServer().listen(0, '127.0.0.1', () => {
  const { port } = listener.address();
  const before = spawnSync('/bin/true');
  console.log(`before: spawn ${before.status}`);
  native.confine(process.argv[3] ?? 'none', process.argv[4] ?? 'none');
  attempts(port).then(() => process.exit(0));
});

function word(error) {
  return error?.code ?? error?.errno ?? String(error);
}

function tryNow(name, body) {
  try {
    const result = body();
    console.log(`${name}: ${result?.error ? word(result.error) : 'ALLOWED'}`);
  } catch (error) {
    console.log(`${name}: ${word(error)}`);
  }
}

/** @returns what `tryNow` shows of a result of the addon's */
function made(result) {
  return result < 0 ? { error: { errno: result } } : undefined;
}

function event(name, emitter, good) {
  return new Promise((resolve) => {
    emitter.on('error', (error) => resolve(console.log(`${name}: ${word(error)}`)));
    emitter.on(good, () => resolve(console.log(`${name}: ALLOWED`)));
  });
}

async function attempts(port) {
  tryNow('execute a program', () => spawnSync('/bin/true'));
  tryNow('become another user', () => process.setuid(12345));
  tryNow('become another group', () => process.setgid(12345));
  await event('connect', connect(port, '127.0.0.1'), 'connect');
  await event('listen', createServer().listen(0, '127.0.0.1'), 'listening');
  await event('listen on a path', createServer().listen(`/tmp/tvisor-test-${process.pid}`), 'listening');
  await event('connect to a path', connect('/nonexistent/socket'), 'connect');
  const datagrams = createSocket('udp4');
  const bound = event('datagrams', datagrams, 'listening');
  datagrams.bind(0, '127.0.0.1');
  await bound;
  // Over descriptors that it has already, and in families that see more than the internet's sockets do.
  tryNow('raw socket', () => made(native.sockOpen(2, 3, 1)));
  tryNow('internet socket', () => made(native.sockOpen(2, 1, 0)));
  tryNow('netlink socket', () => made(native.netlinkOpen(0)));
  tryNow('network namespace', () => made(native.enterNetwork('/proc/self/ns/net')));
  // What the runtime itself needs goes on working: files, threads of its pool, new threads.
  await fs.promises.readFile('/proc/self/status').then(() => console.log('pool: works'));
  await new Promise((resolve) => {
    const worker = new Worker('require("node:worker_threads").parentPort.postMessage(1)', { eval: true });
    worker.on('message', () => resolve(console.log('thread: works')));
    worker.on('error', (error) => resolve(console.log(`thread: ${word(error)}`)));
  });
}
