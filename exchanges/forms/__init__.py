"""Forms of the exchanges: all input from people is validated here."""
