"""Read tasks and scenarios from folders, files and the Hugging Face hub."""
