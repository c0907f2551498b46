"""Drawing on screen: maps for a browser, with everything from data escaped."""
