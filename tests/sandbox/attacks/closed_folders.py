import os

try:
    for name in 'abc':
        os.makedirs(f'{name}/{name}/{name}')
        open(f'{name}/{name}/{name}/{name}', 'w').close()
        os.chmod(f'{name}/{name}/{name}', 0)
        os.chmod(f'{name}/{name}', 0)
        os.symlink('/etc', f'{name}/etc')
    os.chmod('c', 0)
except OSError:
    pass
print('closed')
