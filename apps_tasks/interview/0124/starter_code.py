class Solution:
    def takenAway(self, k: int, requests: List[str]) -> List[str]:
        