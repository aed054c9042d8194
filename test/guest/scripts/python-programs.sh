# shells: bash
# needs: python3
# timeout: 180
python3 "$PROGRAMS/threads.py"
python3 "$PROGRAMS/processes.py"
python3 "$PROGRAMS/files.py"
python3 "$PROGRAMS/database.py"
python3 -c 'import sys; print(sys.version_info[:2], sys.argv[1:])' a 'b c'
python3 -c 'import sys; sys.exit(17)'
echo "status $?"
python3 -c 'import os; os.abort()' 2>/dev/null
echo "status $?"
python3 -c 'raise SystemExit("message")'
echo "status $?"
echo 'print(6 * 7)' | python3
