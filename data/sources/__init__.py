"""Where incidents and boundaries come from: files and services, read and normalised."""
