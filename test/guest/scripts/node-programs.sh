# shells: bash
# needs: node
# timeout: 180
node "$PROGRAMS/workers.mjs"
node "$PROGRAMS/files.mjs"
node "$PROGRAMS/children.mjs"
node -e 'process.exitCode = 9'
echo "status $?"
node -e 'process.kill(process.pid, "SIGTERM"); setTimeout(() => {}, 5000)'
echo "status $?"
echo 'console.log([1, 2, 3].map((x) => x * x).join())' | node
node -p 'process.platform + " " + process.arch'
