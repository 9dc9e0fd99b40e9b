def count_wagons(low: int, high: int, m: int) -> int:
    