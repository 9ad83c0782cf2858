"""Weights derived by a method: from judgements, from the data, or from what they should achieve."""
