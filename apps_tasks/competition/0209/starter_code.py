class Solution:
    def findRefrain(self, song: str, k: int) -> str:
        