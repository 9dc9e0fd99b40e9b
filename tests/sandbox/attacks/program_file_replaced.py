"""Replaces its own source, from which the next case or program might be read."""

import os

for place in (__file__, "/program/program.py", "../program/program.py"):
    for attack in (
        lambda: os.unlink(place),
        lambda: os.rename("x", place),
        lambda: open(place, "w").write("print('never printed')"),
        lambda: os.symlink("/etc/passwd", place),
    ):
        try:
            attack()
            print("REACHED")
        except OSError:
            pass
