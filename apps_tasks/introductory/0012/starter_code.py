def zipper(left, right):
    