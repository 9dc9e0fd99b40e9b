"""Answers from finalizers and generators that outlive the program's own end."""

import sys


class Late:
    def __del__(self, write=sys.stdout.write):
        write("REACHED after the end")


def forever():
    while True:
        try:
            yield
        except BaseException:
            pass


held = [Late(), forever()]
held.append(held)
next(held[1])
raise SystemExit(7)
