"""What may be stored, and how it is handed out again."""
