# needs: node=nodejs npm=npm
# `npm install` of forty packages from tarballs, without a network.
. "$LIB"
need node npm
if [ "$1" = prepare ]; then
  mkdir -p "$INPUT/project/tarballs" && cd "$INPUT/project" || exit 1
  node -e '
    const { execFileSync } = require("node:child_process");
    const { mkdirSync, writeFileSync } = require("node:fs");
    const dependencies = {};
    for (let i = 0; i < 40; i++) {
      mkdirSync(`../p${i}/lib`, { recursive: true });
      writeFileSync(`../p${i}/package.json`, JSON.stringify({ name: `p${i}`, version: "1.0.0", main: "lib/0.js" }));
      for (let k = 0; k < 25; k++) writeFileSync(`../p${i}/lib/${k}.js`, `module.exports = ${i};\n`.repeat(20));
      execFileSync("tar", ["-czf", `tarballs/p${i}.tgz`, "--transform", `s,^p${i},package,`, "-C", "..", `p${i}`]);
      dependencies[`p${i}`] = `file:tarballs/p${i}.tgz`;
    }
    writeFileSync("package.json", JSON.stringify({ name: "project", version: "1.0.0", dependencies }));'
  exit
fi
cp -r "$INPUT/project" project && cd project || wrong 'no copy of the project'
export npm_config_cache="$PWD/cache" npm_config_update_notifier=false HOME="$PWD"
timed install npm install --offline --no-audit --no-fund --ignore-scripts
same 'the packages work' 780 "$(node -p 'let s = 0; for (let i = 0; i < 40; i++) s += require(`p${i}`); s')"
