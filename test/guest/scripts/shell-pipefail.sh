# shells: bash
# Bash only: pipefail, PIPESTATUS, process substitution, arrays, coproc, here-strings.
set -o pipefail
false | true
echo "$?"
(exit 3) | (exit 4) | true
echo "$?" 
(exit 3) | (exit 4) | true
echo "${PIPESTATUS[@]}"
yes | head -n 1
echo "${PIPESTATUS[@]}"
diff <(printf '1\n2\n') <(printf '1\n3\n')
echo "$?"
cat <<< "here string"
array=(one two "three four")
echo "${#array[@]} ${array[2]} ${array[@]:0:2}"
declare -A map=([k]=v)
echo "${map[k]}"
coproc cat
echo hello >&"${COPROC[1]}"
read -r answer <&"${COPROC[0]}"
echo "$answer"
exec {COPROC[1]}>&-
wait
mapfile -t lines < <(seq 3)
echo "${lines[*]}"
echo {a,b}{1..3}
printf '%05d|%x|%q\n' 42 255 'a b'
[[ abc =~ b(.) ]] && echo "${BASH_REMATCH[1]}"
time_format=$(TIMEFORMAT=x; { time true; } 2>&1)
echo "$time_format"
shopt -s nullglob globstar
echo none*
mkdir -p d/e && touch d/e/f
echo **/f
