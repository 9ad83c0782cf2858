"""Weights derived by a method: from judgements, from the data, or from what they should achieve."""

from entryscore.weighting import methods  # all registered, in one order whatever is imported first

__all__ = ["methods"]
