def fare(km):
