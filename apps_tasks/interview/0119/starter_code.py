def picture(target: str, switches: list[str]) -> list[int]:
    