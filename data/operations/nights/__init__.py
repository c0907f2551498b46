"""Night-time areas that a reviewer named and keeps."""
