"""What a board reads about local partners, assembled once: as text, csv, json or a sheet."""
