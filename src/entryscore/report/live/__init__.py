"""The part of a report that recomputes in Excel: Weights -> Scores -> Ranking and Summary."""
