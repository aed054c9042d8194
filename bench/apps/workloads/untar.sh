# needs: tar=tar
# Unpacking 4,000 small files, listing them, and removing them.
. "$LIB"
if [ "$1" = prepare ]; then
  for d in $(seq 80); do
    mkdir -p "$INPUT/files/dir$d"
    for f in $(seq 50); do seq $((f * 20)) >"$INPUT/files/dir$d/file$f"; done
  done
  tar -C "$INPUT" -cf "$INPUT/files.tar" files
  (cd "$INPUT/files" && find . -type f | sort | xargs cat | sha256sum) >"$INPUT/sum"
  exit 0
fi
timed unpack tar -xf "$INPUT/files.tar"
same 'every byte is there' "$(cat "$INPUT/sum")" "$(cd files && find . -type f | sort | xargs cat | sha256sum)"
timed list ls -lR files
timed remove rm -r files
same 'all is gone' '' "$(ls files 2>/dev/null)"
