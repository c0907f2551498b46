"""How severe each offence is: a table that a borough can replace."""
