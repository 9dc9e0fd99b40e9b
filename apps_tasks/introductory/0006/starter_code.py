def wave(text):
    