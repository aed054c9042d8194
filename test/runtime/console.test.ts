import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, readSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { closeQuietly, host, listenSocket, receive } from '../../src/runtime/host.js';
import { openPty, sendConsole, setWindowSize, windowSize } from '../../src/runtime/terminal.js';
import { testRoot } from '../support/paths.js';
import { withScratch } from '../support/scratch.js';
import { Terminal } from '../support/terminal.js';

const foreground = [
  process.execPath,
  '--import',
  import.meta.resolve('tsx'),
  join(testRoot, 'runtime/foreground.ts'),
];

test('a terminal has an owner, a size and two ends', () => {
  const pty = openPty(process.getuid?.() ?? 0, process.getgid?.() ?? 0);
  try {
    assert.match(pty.name, /^\/dev\/pts\/\d+$/);
    setWindowSize(pty.master, { width: 132, height: 43 });
    assert.deepEqual(windowSize(pty.slave), { width: 132, height: 43 });
    assert.equal(windowSize(0xffff), undefined);
    writeSync(pty.slave, 'out\n');
    const bytes = Buffer.alloc(100);
    assert.equal(bytes.toString('latin1', 0, readSync(pty.master, bytes)), 'out\r\n');
  } finally {
    closeSync(pty.master);
    closeSync(pty.slave);
  }
});

test('the master goes to who listens at the console socket, whatever the length of its path', async () => {
  await withScratch('console', async (scratch) => {
    const directory = join(scratch, 'x'.repeat(200));
    spawnSync('mkdir', [directory]);
    const listener = listenSocket(directory, 'console.sock');
    const pty = openPty(process.getuid?.() ?? 0, process.getgid?.() ?? 0);
    sendConsole(join(directory, 'console.sock'), pty);
    // What came is read by another process, as an engine is.
    const script = `import array, socket, os
l = socket.socket(fileno=3)
c, _ = l.accept()
data, fds, _, _ = socket.recv_fds(c, 100, 5)
print(data.decode(), len(fds), os.isatty(fds[0]), c.recv(1))`;
    const result = spawnSync('python3', ['-c', script], {
      stdio: ['ignore', 'pipe', 'inherit', listener],
      encoding: 'utf8',
    });
    assert.equal(result.stdout, `${pty.name} 1 True b''\n`);
    closeSync(listener);
    for (const path of [join(directory, 'console.sock'), join(directory, 'none.sock')]) {
      assert.throws(
        () => sendConsole(path, pty),
        /^Error: console socket .*: nobody listens there: [a-z ]+$/,
      );
    }
    closeSync(pty.master);
    closeSync(pty.slave);
  });
});

test('a program in the foreground has the caller’s terminal: keys, window, output, status', {
  timeout: 60_000,
}, async () => {
  const script =
    'tty; stty size; trap "stty size" WINCH; read line; echo "got $line"; sleep 100 & wait; exit 7';
  const terminal = await Terminal.start([...foreground, 'terminal', 'sh', '-c', script]);
  await terminal.expect(/\/dev\/pts\/\d+\r\n24 80\r\n/);
  terminal.send('word\r');
  await terminal.expect(/got word\r\n/);
  terminal.resize();
  await terminal.expect(/50 132\r\n/);
  assert.equal(await terminal.end(), 0);
  await terminal.expect(/status 7/);
});

test('control characters are the program’s, and the caller’s terminal is as before afterwards', {
  timeout: 60_000,
}, async () => {
  const script = `stty -a | grep -o '.icanon' ; ${foreground.join(' ')} terminal sh -c 'echo up; exec cat'; stty -a | grep -o '.icanon'`;
  const terminal = await Terminal.start(['sh', '-c', script]);
  await terminal.expect(/ icanon\r\nup\r\n/);
  terminal.send('abc\r');
  await terminal.expect(/abc\r\nabc\r\n/);
  terminal.send('\x03');
  await terminal.expect(/status 130/);
  await terminal.expect(/ icanon\r\n/);
  assert.equal(await terminal.end(), 0);
});

test('all of the output arrives, and input that ends ends nothing', { timeout: 60_000 }, () => {
  const result = spawnSync(foreground[0]!, [...foreground.slice(1), 'terminal', 'seq', '100000'], {
    input: '',
    encoding: 'utf8',
    maxBuffer: 1 << 24,
  });
  assert.equal(result.stderr, 'status 0\n');
  assert.equal(result.stdout.length, 688895);
  assert.ok(result.stdout.endsWith('\r\n100000\r\n'));
});

test('without a terminal signals go on to the program, and its descriptors are the caller’s', {
  timeout: 60_000,
}, async () => {
  const script =
    'trap "echo term; exit 5" TERM; trap "echo usr" USR1; echo ready; while :; do sleep 0.05; done';
  const child = spawn(foreground[0]!, [...foreground.slice(1), 'plain', '/bin/sh', '-c', script]);
  let seen = '';
  let printed = '';
  child.stderr.on('data', (chunk) => {
    printed += chunk;
  });
  child.stdout.on('data', (chunk) => {
    seen += chunk;
    if (seen === 'ready\n') child.kill('SIGUSR1');
    if (seen === 'ready\nusr\n') child.kill('SIGTERM');
  });
  assert.equal(await new Promise((resolve) => child.on('close', resolve)), 0);
  assert.equal(seen, 'ready\nusr\nterm\n');
  assert.equal(printed, 'status 5\n');
});

test('descriptors travel with bytes, and nobody waits for ever', () => {
  const [a, b] = host().socketPair(1) as [number, number];
  host().sendMessage(a, Buffer.from('x'), [a, b]);
  const got = receive(b, Buffer.alloc(10), 1000);
  assert.equal(got.length, 1);
  assert.equal(got.fds.length, 2);
  assert.throws(() => receive(b, Buffer.alloc(10), 50), /ETIMEDOUT|timed out/);
  for (const fd of [a, b, ...got.fds]) closeQuietly(fd);
});
