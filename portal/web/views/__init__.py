"""Pages that belong to no area: what waits, display, style guide, errors."""
