class Solution:
    def leastWaiting(self, arrivals: List[List[int]]) -> int:
        