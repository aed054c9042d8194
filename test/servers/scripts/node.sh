# needs: node=nodejs
# Node.js: a web server and its client in one process with connections that are kept, and clusters with both ways of sharing a port.
. "$LIB"
cat >http.js <<'END'
const http = require('http');
const server = http.createServer((request, response) => request.pipe(response)).listen(0, '127.0.0.1', async () => {
  let connections = 0;
  server.on('connection', () => connections++);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 20 });
  const ask = (body) => new Promise((resolve, reject) => {
    const request = http.request({ port: server.address().port, host: '127.0.0.1', agent, method: 'POST' }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => (text += part)).on('end', () => resolve(text === body));
    });
    request.on('error', reject).end(body);
  });
  const answers = await Promise.all(Array.from({ length: 1000 }, (_, i) => ask(`${i} `.repeat(i * 3 % 20000))));
  console.log(answers.filter((right) => right).length, 'right over', connections, 'connections');
  agent.destroy();
  server.close(() => console.log('closed'));
});
END
same 'requests over kept connections' '1000 right over 20 connections closed' "$(node http.js | xargs)"
cat >cluster.js <<'END'
const cluster = require('cluster');
const http = require('http');
const ask = () => new Promise((resolve, reject) => {
  http.get({ port: 7788, host: '127.0.0.1', agent: false }, (response) => {
    let text = '';
    response.on('data', (part) => (text += part)).on('end', () => resolve(text));
  }).on('error', reject);
});
async function main() {
  const workers = new Set();
  for (let i = 0; i < 60; i++) workers.add(await ask());
  console.log(workers.size > 1 ? 'several workers' : 'one worker');
  const [victim] = Object.values(cluster.workers);
  victim.process.kill('SIGKILL');
  await new Promise((resolve) => victim.on('exit', resolve));
  const left = new Set();
  for (let i = 0; i < 60; i++) left.add(await ask());
  console.log(left.has(String(victim.process.pid)) ? 'the dead one answers' : 'the others go on');
  cluster.disconnect(() => console.log('disconnected'));
}
if (cluster.isPrimary) {
  let listening = 0;
  for (let i = 0; i < 3; i++) cluster.fork();
  cluster.on('listening', () => { if (++listening === 3) main(); });
} else {
  http.createServer((request, response) => response.end(String(process.pid))).listen(7788, '127.0.0.1');
}
END
same 'a cluster whose primary accepts' 'several workers the others go on disconnected' "$(node cluster.js | xargs)"
same 'a cluster whose workers accept' 'the others go on disconnected' \
  "$(NODE_CLUSTER_SCHED_POLICY=none node cluster.js | tail -n +2 | xargs)"
