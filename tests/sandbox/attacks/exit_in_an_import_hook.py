import sys


class Hook:
    def find_spec(self, *args):
        sys.exit(0)


sys.meta_path.insert(0, Hook())
import wave
