// resolve NAME: prints its first address, or "none".
package main

import (
	"fmt"
	"net"
	"os"
)

func main() {
	found, err := net.LookupHost(os.Args[1])
	if err != nil {
		fmt.Println("none")
		return
	}
	fmt.Println(found[0])
}
