// child_process: pipes, statuses, signals, IPC, many at once.
import { exec, execFileSync, fork, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

if (process.argv[2] === 'child') {
  process.on('message', (message) => {
    process.send({ doubled: message.value * 2 }, () => process.disconnect());
  });
} else {
  console.log(execFileSync('echo', ['one']).toString().trim());
  console.log(spawnSync('sh', ['-c', 'echo err >&2; exit 4']).status);
  console.log(spawnSync('sh', ['-c', 'kill -TERM $$']).signal);
  console.log(spawnSync('/does/not/exist').error.code);
  console.log(spawnSync('cat', { input: 'x'.repeat(1 << 20) }).stdout.length);
  const cat = spawn('cat');
  cat.stdin.end('streamed');
  console.log((await once(cat.stdout, 'data'))[0].toString(), await once(cat, 'exit'));
  const sleeper = spawn('sleep', ['100']);
  sleeper.kill('SIGINT');
  console.log(await once(sleeper, 'exit'));
  const child = fork(fileURLToPath(import.meta.url), ['child']);
  child.send({ value: 21 });
  console.log((await once(child, 'message'))[0], await once(child, 'exit'));
  const many = Array.from({ length: 20 }, (_, i) => once(spawn('sh', ['-c', `exit ${i}`]), 'exit'));
  console.log((await Promise.all(many)).map(([code]) => code).join());
  exec('echo $((6 * 7))', (error, stdout) => console.log(error, stdout.trim()));
}
