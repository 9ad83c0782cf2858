"""The sheet Ranking, as the formulas of Profiles see it."""

from __future__ import annotations

from dataclasses import dataclass

CHOICE = "$B$3"  # the market chosen
ROW_OF_MARKET, RANKED = "$N$2", "$C$6"  # on Ranking, from 1; how many are ranked


def is_chosen(codes: str) -> str:
    """1 where a cell is the code chosen: MATCH takes a09 for A09, and * for anything."""
    return f'--EXACT({codes},{CHOICE}&"")'


def place_of_chosen(codes: str, first: int) -> str:
    """The place among cells from the row `first` on, from 1; #N/A where there is none."""
    place = f"SUMPRODUCT({is_chosen(codes)},ROW({codes})-{first - 1})"
    return f"IF({place}>0,{place},NA())"


@dataclass(frozen=True)
class Ranking:
    """`letters` of its columns by their head, its `last` row."""

    letters: dict[str, str]
    last: int

    def at(self, head: str) -> str:
        """The chosen market's cell; 0 where it is blank."""
        return f"INDEX({self.cells(head)},{ROW_OF_MARKET})"

    def number(self, head: str) -> str:
        """The chosen market's number, else an empty text."""
        return f'IF(ISNUMBER({self.at(head)}),{self.at(head)},"")'

    def cells(self, head: str) -> str:
        letter = self.letters[head]
        return f"Ranking!${letter}$2:${letter}${self.last}"

    def ranked(self, head: str) -> str:
        """The cells of the ranked markets, which stand first."""
        return f"Ranking!${self.letters[head]}$2:INDEX({self.cells(head)},{RANKED})"
