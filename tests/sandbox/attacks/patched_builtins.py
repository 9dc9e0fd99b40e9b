import builtins

for name in ('len', 'isinstance', 'str', 'open', 'dict', 'print', 'getattr'):
    setattr(builtins, name, None)
