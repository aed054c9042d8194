# shells: bash busybox
# Subshells, command substitution, here-documents, functions, arithmetic.
x=1
(x=2; echo "inside $x"; exit 3)
echo "status $? outside $x"
echo "nested $(echo $(echo $(echo deep)))"
echo "back `echo ticks`"
y=$(exit 7)
echo "substitution status $?"
lines=$(printf 'a\nb\n\n\n')
echo "[$lines]"
cat <<END
here $x $(echo document) \$escaped
END
cat <<'END'
quoted $x $(echo document)
END
cat <<-END
	tabs removed
	END
f() {
  local v=$1
  if [ "$v" -gt 0 ]; then f $((v - 1)); fi
  echo "f $v"
}
f 3
big=$(seq 1 20000)
echo "${#big}"
cat <<END | tail -n 1
$big
END
set -- one "two words" three
for word in "$@"; do echo "<$word>"; done
case "two words" in *" "*) echo spaced ;; esac
echo "${x:-unset} ${nothing:-default} ${#1} ${2%words} ${2#two}"
