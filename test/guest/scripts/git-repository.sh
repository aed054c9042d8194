# shells: bash
# needs: git
# timeout: 180
export HOME=$PWD GIT_CONFIG_NOSYSTEM=1
export GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.org GIT_AUTHOR_DATE='2020-01-01T00:00:00Z'
export GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.org GIT_COMMITTER_DATE='2020-01-01T00:00:00Z'
git init -q -b main repo && cd repo
for i in $(seq 1 50); do seq 1 $((i * 20)) > file$i; done
git add . && git commit -q -m 'first'
sed -i 's/1/one/' file*
mkdir sub && echo x > sub/new && chmod +x sub/new && ln -s ../file1 sub/link
git status --short | wc -l
git add -A && git commit -q -m 'second'
git log --format='%H %s'
git diff --stat HEAD~1 | tail -n 1
git branch topic HEAD~1 && git checkout -q topic && echo t > t && git add t && git commit -q -m topic
git merge -q -m merged main && git log --oneline --graph | cat
git gc -q && git fsck 2>&1
git count-objects | cut -d, -f1
git ls-files | wc -l
git clone -q . ../clone && cd ../clone && git log -1 --format=%H && git status --short
git stash list; echo change >> file1; git stash -q; git stash list | wc -l; git stash pop -q; git diff --name-only
git archive HEAD | tar t | wc -l
git tag -a v1 -m one && git describe
git rev-parse --verify nothing 2>/dev/null; echo "status $?"
