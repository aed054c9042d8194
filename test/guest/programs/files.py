"""tempfile, mmap, os, shutil, pathlib, fcntl, select and sockets in one process."""
import fcntl
import mmap
import os
import pathlib
import select
import shutil
import socket
import stat
import tempfile

with tempfile.TemporaryDirectory() as directory:
    root = pathlib.Path(directory)
    (root / "a" / "b").mkdir(parents=True)
    (root / "a" / "file").write_text("text\n" * 10)
    (root / "a" / "link").symlink_to("file")
    print(sorted(str(path.relative_to(root)) for path in root.rglob("*")))
    print((root / "a" / "link").read_text().count("text"), oct(stat.S_IMODE((root / "a" / "file").stat().st_mode)))
    shutil.copytree(root / "a", root / "copy", symlinks=True)
    print(sorted(os.listdir(root / "copy")), os.readlink(root / "copy" / "link"))
    shutil.move(str(root / "copy"), str(root / "moved"))
    shutil.rmtree(root / "moved")
    print([entry.name for entry in os.scandir(root)])
    print([(len(dirs), len(files)) for _, dirs, files in os.walk(root)])
    archive = shutil.make_archive(str(root / "archive"), "zip", root / "a")
    print(os.path.getsize(archive) > 100)
print(os.path.exists(directory))

with tempfile.TemporaryFile() as file:
    file.truncate(65536)
    with mmap.mmap(file.fileno(), 65536) as view:
        view[0:5] = b"hello"
        view[40000:40005] = b"world"
        print(view.find(b"world"), len(view))
        view.flush()
    file.seek(40000)
    print(file.read(5), os.pread(file.fileno(), 5, 0))

with tempfile.NamedTemporaryFile() as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    with open(file.name) as other:
        try:
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            print("locked", error.errno)

anonymous = mmap.mmap(-1, 4096)
if os.fork() == 0:
    anonymous[0:5] = b"child"
    os._exit(0)
os.wait()
print(anonymous[0:5])

left, right = socket.socketpair()
left.sendall(b"ping")
print(select.select([right], [left], [], 1)[0] == [right], right.recv(10))
poller = select.epoll()
poller.register(right, select.EPOLLIN)
print(poller.poll(0.01))
left.close()
print([event for _, event in poller.poll(1)])
reader, writer = os.pipe()
os.write(writer, b"x" * 1000)
print(len(os.read(reader, 4096)), os.get_inheritable(reader))
fd = os.memfd_create("name")
os.write(fd, b"abc")
print(os.fstat(fd).st_size, os.sendfile(writer, fd, 0, 3), os.read(reader, 9))
print(os.statvfs("/").f_namemax, os.cpu_count() == len(os.sched_getaffinity(0)), len(os.urandom(10)))
