class Solution:
    def countTwins(self, bracelets: List[str]) -> int:
        