import os

try:
    os.symlink('/etc/passwd', 'x')
except OSError:
    pass
try:
    print('REACHED', open('x').read(1))
except OSError:
    pass
