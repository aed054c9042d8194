# needs: go=golang-go
# Go's net/http: server and clients in one process, over IPv4 and IPv6.
. "$LIB"
mkdir cache
GOCACHE=$PWD/cache GO111MODULE=off go build -o http "$PROGRAMS/http.go" || wrong 'go build'
same 'a thousand requests over IPv4' '1000 right; lo' "$(./http tcp4 127.0.0.1:0)"
same 'a thousand requests over IPv6' '1000 right; lo' "$(./http tcp6 '[::1]:0')"
