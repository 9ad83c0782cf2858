"""How sure every rank is, assembled once: as text, csv, json or a sheet."""
