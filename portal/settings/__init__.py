"""Settings: base, then one of local (embedded default), production or test."""
