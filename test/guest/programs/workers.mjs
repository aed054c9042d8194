// worker_threads: messages, shared memory, exit codes.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

const source = `
  const { parentPort, workerData } = require('node:worker_threads');
  const cells = new Int32Array(workerData.shared);
  for (let i = 0; i < 10000; i++) Atomics.add(cells, 0, 1);
  parentPort.on('message', (text) => { parentPort.postMessage(text.toUpperCase()); parentPort.close(); });
  parentPort.postMessage('ready ' + workerData.number);
`;
const shared = new SharedArrayBuffer(8);
const workers = [0, 1, 2, 3].map(
  (number) => new Worker(source, { eval: true, workerData: { shared, number } }),
);
const ready = await Promise.all(workers.map((worker) => once(worker, 'message')));
console.log(ready.flat().sort());
console.log(new Int32Array(shared)[0]);
const answers = workers.map((worker) => once(worker, 'message'));
const exits = workers.map((worker) => once(worker, 'exit'));
for (const worker of workers) worker.postMessage('shout');
console.log((await Promise.all(answers)).flat(), (await Promise.all(exits)).flat());
const failing = new Worker('throw new Error("in the worker")', { eval: true });
const [error] = await once(failing, 'error');
console.log(error.message);
const waiting = new Worker('Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)', { eval: true });
await once(waiting, 'online');
console.log(await waiting.terminate());
