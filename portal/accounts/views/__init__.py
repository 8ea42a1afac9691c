"""Pages of signing in that allauth does not have: the second factor and the first enrolment."""
