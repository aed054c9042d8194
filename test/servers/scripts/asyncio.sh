# needs: python3=python3
# Python's asyncio: an echo server and five thousand connections that are open at the same time.
. "$LIB"
ulimit -n 6000 || wrong 'no more descriptors are allowed than' "$(ulimit -n)"
cat >server.py <<'END'
import asyncio, signal

async def echo(reader, writer):
    while line := await reader.readline():
        writer.write(line)
        await writer.drain()
    writer.close()

async def main():
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    async with await asyncio.start_server(echo, '127.0.0.1', 7777, backlog=1024):
        await ended.wait()

asyncio.run(main())
END
cat >client.py <<'END'
import asyncio, sys

async def talk(number, everybody):
    reader, writer = await asyncio.open_connection('127.0.0.1', 7777)
    everybody.remove(number)
    while everybody:
        await asyncio.sleep(0.05)
    for turn in range(int(sys.argv[2])):
        line = b'%d says %d\n' % (number, turn)
        writer.write(line)
        assert await reader.readline() == line
    writer.close()
    await writer.wait_closed()

async def main():
    everybody = set(range(int(sys.argv[1])))
    await asyncio.gather(*[talk(number, everybody) for number in list(everybody)])
    print('all answered')

asyncio.run(main())
END
python3 server.py >log 2>&1 &
server=$!
eventually 'the server answers' log python3 -c 'import socket; socket.create_connection(("127.0.0.1", 7777))'
same 'five thousand connections' 'all answered' "$(python3 client.py 5000 $(by_length 2 20) 2>&1 | tail -n 1)"
kill $server
wait $server
same 'the server ends by SIGTERM' 0 $?
