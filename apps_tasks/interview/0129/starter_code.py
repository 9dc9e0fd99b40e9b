class Solution:
    def turnRings(self, grid: list[list[int]], k: int) -> list[list[int]]:
        