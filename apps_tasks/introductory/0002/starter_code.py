def fare(km):
    