def vowel_score(text):
    