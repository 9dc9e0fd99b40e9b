"""Returns and prints what is nested deeper than anything that reads it can go."""


def solve():
    x = []
    for _ in range(900):
        x = [x]
    return x


if __name__ == "__main__":
    print("[" * 10**6)
