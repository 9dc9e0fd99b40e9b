for path in ('/etc/passwd', '/etc/shadow', '/etc/hostname', '/root/.bashrc', '/proc/1/cmdline', '/sys/kernel/notes'):
    try:
        text = open(path, 'rb').read()
        if path != '/proc/1/cmdline' or b'zygote' not in text:
            print('REACHED', path)
    except OSError:
        pass
