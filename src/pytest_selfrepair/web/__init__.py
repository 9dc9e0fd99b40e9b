"""What the pages that a command serves share: who is let in, what passes, where they listen."""
