# needs: node=nodejs
# Node.js: starting it ten times, and a script with files, workers and a child.
. "$LIB"
need node
if [ "$1" = prepare ]; then
cat >"$INPUT/work.cjs" <<'EOF'
const { createHash } = require('node:crypto');
const { execFileSync } = require('node:child_process');
const { mkdtemp, readdir, readFile, rm, writeFile } = require('node:fs/promises');
const { Worker } = require('node:worker_threads');
async function main() {
  const directory = await mkdtemp('work-');
  for (let i = 0; i < 1000; i++) await writeFile(`${directory}/${i}`, `${i}`.repeat(i % 100));
  const hash = createHash('sha256');
  for (const name of (await readdir(directory)).sort()) hash.update(await readFile(`${directory}/${name}`));
  await rm(directory, { recursive: true });
  const sums = await Promise.all([1, 2].map((seed) => new Promise((resolve, reject) => {
    const worker = new Worker(`let s = 0; for (let i = 0; i < 1e7; i++) s = (s + i * ${seed}) % 1000003;
      require('node:worker_threads').parentPort.postMessage(s)`, { eval: true });
    worker.once('message', resolve).once('error', reject);
  })));
  console.log(hash.digest('hex'), ...sums, execFileSync('echo', ['child']).toString().trim());
}
main();
EOF
  node "$INPUT/work.cjs" >"$INPUT/answer"
  exit
fi
starts() { for _ in 1 2 3 4 5 6 7 8 9 10; do node -e 0 || return 1; done; }
timed 10-starts starts
timed script node "$INPUT/work.cjs"
same 'what the script prints' "$(cat "$INPUT/answer")" "$(cat "$printed")"
