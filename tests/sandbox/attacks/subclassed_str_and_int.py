class Text(str):
    def __repr__(self):
        return 'never'

    __str__ = __repr__


class Number(int):
    __repr__ = __str__ = lambda self: 'null'


def solve():
    return [Text('x'), Number(3)]


print(*solve())
