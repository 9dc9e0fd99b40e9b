import builtins, os, sys

builtins.sum = lambda *_: 0
sys.modules['math'] = None
os.environ['X'] = 'x'
try:
    open('heapq.py', 'w').write('raise SystemExit')
except OSError:
    pass
print('left')
