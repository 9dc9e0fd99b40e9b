x = bytearray(3 << 30)
print('REACHED')
