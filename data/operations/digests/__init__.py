"""The weekly digest: which were mailed, so that none is sent twice."""
