"""Local partners: the capabilities a market's gaps ask for, and the portfolio that brings them."""
