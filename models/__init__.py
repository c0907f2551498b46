"""What is computed and decided: pure functions on arrays, geometry and frozen settings.

No files, no database, no Streamlit. Imports `geo` alone.
"""
