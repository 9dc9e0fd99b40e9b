import os

if any('SECRET' in name + value for name, value in os.environ.items()):
    print('REACHED')
