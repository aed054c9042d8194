# needs: python3=python3
# Python: starting it twenty times, importing half of its library, and a script that computes and writes files.
. "$LIB"
need python3
if [ "$1" = prepare ]; then
cat >"$INPUT/work.py" <<'EOF'
import hashlib, json, os, re, tempfile
digest = hashlib.sha256()
with tempfile.TemporaryDirectory() as directory:
    for i in range(1000):
        path = os.path.join(directory, f"{i}.json")
        with open(path, "w") as file:
            json.dump({"number": i, "squares": [k * k for k in range(i % 50)]}, file)
    for name in sorted(os.listdir(directory)):
        with open(os.path.join(directory, name)) as file:
            digest.update(re.sub(r"\s+", "", file.read()).encode())
print(sum(i * i % 7 for i in range(1_000_000)), digest.hexdigest())
EOF
  python3 "$INPUT/work.py" >"$INPUT/answer"
  exit
fi
starts() { for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do python3 -c pass || return 1; done; }
timed 20-starts starts
timed imports python3 -c 'import asyncio, ctypes, csv, decimal, email, http.client, json, logging, multiprocessing, sqlite3, ssl, unittest, xml.dom.minidom'
timed script python3 "$INPUT/work.py"
same 'what the script prints' "$(cat "$INPUT/answer")" "$(cat "$printed")"
