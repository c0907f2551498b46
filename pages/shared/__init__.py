"""What several pages use: state, filters, queries, messages, charts."""
