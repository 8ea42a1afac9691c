"""What the CMS may do with accounts: groups and rights. Names, addresses and passwords are their owners'."""
