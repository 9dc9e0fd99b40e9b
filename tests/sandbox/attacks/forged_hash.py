class Same(int):
    def __hash__(self):
        return 0

    def __eq__(self, other):
        return True


def solve():
    return {Same(1): Same(2)}


print(solve())
