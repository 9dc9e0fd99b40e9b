import sys

frame = sys._getframe()
while frame:
    if ' '.join(['never', 'printed']) in repr(frame.f_locals) + repr(frame.f_globals):
        print('REACHED')
    frame = frame.f_back
