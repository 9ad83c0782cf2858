"""An explanation in words: what `entryscore explain` prints."""
