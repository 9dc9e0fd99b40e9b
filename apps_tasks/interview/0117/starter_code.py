class Solution:
    def mostStops(self, heights: List[int]) -> int:
        