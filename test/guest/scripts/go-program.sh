# shells: bash
# needs: go
# timeout: 300
# Built and run inside; the binary links no C.
export HOME=$PWD GOCACHE=$PWD/cache GOPATH=$PWD/go GOFLAGS=-mod=mod GOTOOLCHAIN=local CGO_ENABLED=0
cp "$PROGRAMS/main.go" . && go mod init example >/dev/null 2>&1 && go build -o program . && ./program
echo "status $?"
./program crash 2>/dev/null
echo "status $?"
GOMAXPROCS=1 ./program
