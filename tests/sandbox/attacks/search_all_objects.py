import gc

wanted = ' '.join(['never', 'printed'])
if any(wanted in x for x in gc.get_objects() if type(x) in (list, tuple, set)):
    print('REACHED')
if any(wanted in x.values() for x in gc.get_objects() if type(x) is dict and x is not globals()):
    print('REACHED')
