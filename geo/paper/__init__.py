"""Drawing on paper: maps as pictures for documents."""
