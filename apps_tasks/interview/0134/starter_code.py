def shifted(text: str, c: int) -> str:
    