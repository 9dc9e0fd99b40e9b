"""People who write feedback, or judge it: the study's design, their page, and what they wrote."""
