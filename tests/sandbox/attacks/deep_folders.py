import os

try:
    for _ in range(1500):
        os.mkdir('x')
        os.chdir('x')
except OSError:
    pass
print('deep')
