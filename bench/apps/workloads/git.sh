# needs: git=git
# git over 1,500 files: add, commit, a change, status, diff, log, a clone, garbage collection.
. "$LIB"
need git
if [ "$1" = prepare ]; then
  for d in $(seq 30); do
    mkdir -p "$INPUT/tree/d$d"
    for f in $(seq 50); do seq "$f" $((f + d * 3)) >"$INPUT/tree/d$d/f$f"; done
  done
  exit 0
fi
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_AUTHOR_DATE='2020-01-01T00:00:00Z' GIT_COMMITTER_DATE='2020-01-01T00:00:00Z'
export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a@example.org GIT_COMMITTER_NAME=a GIT_COMMITTER_EMAIL=a@example.org
cp -r "$INPUT/tree" work
cd work || wrong 'no copy of the tree'
git init -q -b main .
timed add git add .
timed commit git commit -q -m first
for d in $(seq 30); do echo changed >>"d$d/f1"; done
timed status git status --porcelain
same 'status sees the changes' 30 "$(git status --porcelain | grep -c '^ M')"
git commit -qam second
timed clone git clone -q --no-local . ../clone
timed gc git gc -q --aggressive
same 'the commit is what it is everywhere' "$(git -C ../clone rev-parse HEAD)" "$(git rev-parse HEAD)"
same 'nothing is broken' '' "$(git fsck --strict 2>&1 | grep -v -e '^Checking' -e dangling)"
same 'files of the clone' 1500 "$(find ../clone -name 'f*' -type f -not -path '*/.git/*' | wc -l | tr -d ' ')"
