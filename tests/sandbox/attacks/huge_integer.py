x = 1 << (1 << 36)
print('REACHED')
