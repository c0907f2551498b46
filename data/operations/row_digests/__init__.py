"""A digest of every row of the operations database on SQLite, so that a changed letter is noticed.

SQLite compares its pages with each other and has no checksum of what a row holds. So each row has a
digest in a table of its own, committed with the row. Triggers note the key of every row that any
program adds, changes or removes; before the app commits, `keep_digests` gives the noted rows their
digests and clears the notes. A kill leaves a row and its digest, or neither. A note that was
committed is of a row that another program changed, or that was damaged before it was changed.

The digests are against damage, not against an attacker, who could write them too. PostgreSQL has
checksums of its pages, and nothing of this happens there.
"""
