"""The journal: `portal.journal.door.perform` is the one way to change a state."""
