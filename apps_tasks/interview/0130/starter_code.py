def find_code(text: str, word: str) -> list[int]:
    