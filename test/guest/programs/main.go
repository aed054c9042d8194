// Goroutines, channels, timers, files, child processes, signals and a crash.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"sync"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) > 1 {
		var pointer *int
		fmt.Println(*pointer)
	}
	var group sync.WaitGroup
	results := make(chan int, 100)
	for i := 0; i < 100; i++ {
		group.Add(1)
		go func(n int) {
			defer group.Done()
			time.Sleep(time.Millisecond)
			results <- n * n
		}(i)
	}
	group.Wait()
	close(results)
	sum := 0
	for value := range results {
		sum += value
	}
	fmt.Println(sum)
	notified := make(chan os.Signal, 1)
	signal.Notify(notified, syscall.SIGUSR1)
	syscall.Kill(os.Getpid(), syscall.SIGUSR1)
	fmt.Println(<-notified)
	if err := os.WriteFile("file", []byte("content"), 0o640); err != nil {
		fmt.Println(err)
	}
	data, err := os.ReadFile("file")
	fmt.Println(string(data), err)
	_, err = os.ReadFile("missing")
	fmt.Println(err)
	output, err := exec.Command("sh", "-c", "echo child; exit 3").Output()
	fmt.Printf("%q %v\n", output, err)
	reader, writer, _ := os.Pipe()
	go func() { writer.WriteString("through a pipe"); writer.Close() }()
	buffer := make([]byte, 64)
	n, _ := reader.Read(buffer)
	fmt.Println(string(buffer[:n]))
	var memory runtime.MemStats
	garbage := 0
	for i := 0; i < 1000; i++ {
		garbage += len(make([]byte, 100000))
	}
	runtime.GC()
	runtime.ReadMemStats(&memory)
	fmt.Println(garbage, memory.NumGC > 0, runtime.GOOS, runtime.GOARCH)
	select {
	case <-time.After(20 * time.Millisecond):
		fmt.Println("timer")
	}
	os.Exit(11)
}
