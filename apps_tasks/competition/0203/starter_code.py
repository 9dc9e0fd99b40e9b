def lamps_on(n: int, steps: list[int]) -> int:
    