"""What updates by e-mail do, as keyword-only functions."""
