"""Language models: behind endpoints, embedded, scripted or recorded."""
