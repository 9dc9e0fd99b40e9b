import mmap

x = []
while True:
    x.append(mmap.mmap(-1, 64 << 20))
    x[-1].write(bytes(64 << 20))
