"""Ways of protecting ward figures, compared on use and on attacks."""
