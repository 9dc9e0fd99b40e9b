import sys

sys.setrecursionlimit(1 << 30)
x = []
for _ in range(10**6):
    x = [x]
print(len(repr(x)))
