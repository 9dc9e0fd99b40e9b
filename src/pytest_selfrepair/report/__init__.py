"""From records and estimates to text."""
