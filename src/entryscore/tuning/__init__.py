"""Weights by a method beside the present ones: what `entryscore tune` assembles and prints."""
