"""The owner's page of what is kept about them, and the pages of those who watch over it."""
