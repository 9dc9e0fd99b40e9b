"""What the records of one run say."""
