try:
    for name in ('json', 'os', 'runner', 'child', 'encodings'):
        open(name + '.py', 'w').write('print("REACHED")')
except OSError:
    pass
