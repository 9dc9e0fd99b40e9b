x = 7 ** (7 ** 9)
print('REACHED')
