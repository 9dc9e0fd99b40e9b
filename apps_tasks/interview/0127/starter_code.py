def newest_first(names: list[str]) -> list[str]:
    