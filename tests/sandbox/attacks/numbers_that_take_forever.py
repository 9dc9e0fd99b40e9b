"""Prints numbers that take longer to read than to write."""


def solve():
    return [1e308 * 10, -0.0, 10**19_999, {"x": 10**19_999}]


if __name__ == "__main__":
    print("1e" + "9" * 1_000_000, "0x" + "f" * 10**6, "1" * 4_000_000)
