number = 0
while True:
    try:
        open(str(number), 'w').close()
    except OSError:
        break
    number += 1
print('flooded')
