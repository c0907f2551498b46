"""What a ward panel may see: the one door through which figures leave for that role."""
