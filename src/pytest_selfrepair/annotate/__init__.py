"""Feedback and judgements by people: study design, pages and answers."""
