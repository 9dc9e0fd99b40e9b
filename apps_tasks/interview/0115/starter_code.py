def concert_order(n: int, before: list[list[int]]) -> list[int]:
    