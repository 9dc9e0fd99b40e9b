class Solution:
    def strikes(self, begin: str, end: str) -> int:
        