def boxes(n: int, k: int) -> list[int]:
    