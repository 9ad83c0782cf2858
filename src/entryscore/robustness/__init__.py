"""How sure a ranking is: the index again under draws of every uncertain assumption."""
