"""Pages of the updates: for visitors, and for the programme office."""
