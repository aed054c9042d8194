// An HTTP server and fifty clients in one process; prints how many answers were right.
package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
)

func echo(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(err)
	}
	w.Write(body)
	fmt.Fprint(w, r.URL.Path)
}

func ask(client *http.Client, url string, body []byte) string {
	response, err := client.Post(url, "text/plain", bytes.NewReader(body))
	if err != nil {
		return err.Error()
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(response.Body)
	if err != nil {
		return err.Error()
	}
	return string(answer)
}

func main() {
	network, address := os.Args[1], os.Args[2]
	listener, err := net.Listen(network, address)
	if err != nil {
		panic(err)
	}
	go http.Serve(listener, http.HandlerFunc(echo))
	var right atomic.Int64
	var all sync.WaitGroup
	for c := 0; c < 50; c++ {
		all.Add(1)
		go func(c int) {
			defer all.Done()
			client := &http.Client{Transport: &http.Transport{}}
			body := bytes.Repeat([]byte{byte('a' + c%26)}, 1+c*400)
			for i := 0; i < 20; i++ {
				path := fmt.Sprintf("/%d", i)
				answer := ask(client, "http://"+listener.Addr().String()+path, body)
				if answer == string(body)+path {
					right.Add(1)
				} else {
					fmt.Fprintln(os.Stderr, c, i, answer[:min(len(answer), 100)])
				}
			}
		}(c)
	}
	all.Wait()
	interfaces, err := net.Interfaces()
	if err != nil {
		panic(err)
	}
	fmt.Println(right.Load(), "right;", interfaces[0].Name)
}

func min(a, b int) int {
	if a < b {
		return a
	}
	return b
}
